"""What the C headers declare, as far as this module uses it: structs, enums, functions.

tests/python/test_layout.py has a C compiler confirm every size, offset, kind of number, enum and argument.
"""
import ctypes

from ._library import LibraryError, lib, path as path_of_library

SIZE_MAX = ctypes.c_size_t(-1).value
UNSET = SIZE_MAX
NAN = float("nan")

#: One letter a type. A pointer is 'p'; what is read as text is 's'.
_TYPES = {
    "z": ctypes.c_size_t, "d": ctypes.c_double, "i": ctypes.c_int, "u": ctypes.c_uint,
    "q": ctypes.c_ulonglong, "c": ctypes.c_char, "p": ctypes.c_void_p, "s": ctypes.c_char_p,
}

#: All structs by their C names.
STRUCTS = {}


def _struct(name, fields):
    """A struct of fields "name:type" or "name:type*count", a type being a letter or a struct."""
    def type_of(text):
        kind, _, count = text.partition("*")
        kind = _TYPES[kind] if kind in _TYPES else STRUCTS[kind]
        for number in reversed(count.split("x") if count else []):
            kind = kind * int(number)
        return kind

    members = [tuple(field.split(":")) for field in fields.split()]
    made = type(name, (ctypes.Structure,), {"_fields_": [(n, type_of(t)) for n, t in members]})
    STRUCTS[name] = made
    return made


# space.h
block_use = _struct("tw_block_use", "part:i layer:z axes:i*4 beside:i")
block = _struct("tw_block", "name:s offset:z count:z rank:i shape:z*4 role:i filter_axis:i use:tw_block_use")
# metric.h
metric = _struct("tw_metric", "name:s unit:i split:s band:i is_error:i of_parameters:i")
# objective.h
batch = _struct("tw_batch", "samples:p count:z draw:q")
objective_ops = _struct("tw_objective_ops", "bytes:z value:p batch:p span_open:p span_values:p span_close:p "
                        "coordinate_differences:p gradient:p hessian_products:p sample_gradient:p complex_value:p "
                        "settle:p clone:p destroy:p concurrent:i gauss_newton_products:p curvature_diagonal:p")
objective_traits = _struct("tw_objective_traits", "bytes:z name:s metrics:p space:p noise:d samples:z start:p lower:p "
                           "upper:p precision:d prefers_rows:i train_differs:i chain:z")
# derivative.h, diff.h
derivative_options = _struct("tw_derivative_options", "bytes:z noise:d measure_noise:i unit:d scale:d at:d lower:d "
                             "upper:d max_evaluations:u")
derivative = _struct("tw_derivative", "value:d error:d left:d right:d step:d order:i noise:d kink:d point_class:i "
                     "flags:u evaluations:u")
diff_options = _struct("tw_diff_options", "bytes:z method:i step:d bars:p classes:p lower:p upper:p scales:p "
                       "progress:p progress_user:p")
diff_report = _struct("tw_diff_report", "value:d step:d bar:d evaluations:q seconds:d")
# jacobian.h, hessian.h
residuals = _struct("tw_residuals", "bytes:z function:p user:p n:z m:z concurrent:i noise:d")
jacobian_options = _struct("tw_jacobian_options", "bytes:z method:i step:d scales:p lower:p upper:p bars:p runner:p "
                           "progress:p progress_user:p groups:p trust:i seed:q")
jacobian_report = _struct("tw_jacobian_report", "groups:z without:z bar:d evaluations:q seconds:d row:z row_off:d "
                          "row_allowed:d")
product_report = _struct("tw_product_report", "step:d bar:d evaluations:q seconds:d")
hessian_options = _struct("tw_hessian_options", "bytes:z source:i scales:p lower:p upper:p bars:p progress:p "
                          "progress_user:p groups:p trust:i seed:q")
hessian_report = _struct("tw_hessian_report", "asymmetry:d row:z column:z groups:z without:z bar:d evaluations:q "
                         "seconds:d")
# sweep.h
step_rule = _struct("tw_step_rule", "name:s scheme:i form:i size:d outward:i stored:i")
sweep_options = _struct("tw_sweep_options", "bytes:z scale:d first:i count:i lower:d upper:d")
sweep_step = _struct("tw_sweep_step", "h:d difference:d*2 error:d*2")
sweep_fit = _struct("tw_sweep_fit", "noise:d noise_steps:z order:d derivative:d order_steps:z step:d error:d best:z")
sweep_mark = _struct("tw_sweep_mark", "rule:p h:d difference:d error:d")
sweep = _struct("tw_sweep", "value:d ladder:tw_derivative analytic:d reference:d bar:d left:d right:d analytic_used:i "
                "analytic_wrong:i backward:i scale:d count:z steps:p fit:tw_sweep_fit*2 noise:d mark_count:z "
                "marks:tw_sweep_mark*16 ladder_error:d outside:z not_finite:z unmoved:z evaluations:q seconds:d")
# gradcheck.h
gradcheck_entry = _struct("tw_gradcheck_entry", "block:z index:z x:d analytic:d numeric:d bar:d left:d right:d "
                          "tolerance:d absolute:d relative:d step:d kink:d point_class:i flags:u evaluations:u "
                          "verdict:i reason:i")
gradcheck_block = _struct("tw_gradcheck_block", "name:s offset:z count:z columns:z tested:z failed:z inconclusive:z "
                          "kinks:z small:z worst:z worst_relative:d median_relative:d cosine:d largest:d verdict:i "
                          "cause:i factor:d where:z where_end:z stride:z probes:z")
gradcheck_taylor = _struct("tw_gradcheck_taylor", "count:z step:d*32 remainder:d*32 order:d expected:d verdict:i")
gradcheck_hessian = _struct("tw_gradcheck_hessian", "done:i error:d bar:d largest:d worst:z asymmetry:d verdict:i")
gradcheck = _struct("tw_gradcheck", "verdict:i cause:i loss:d parameters:z samples:z rtol:d atol:d unit:d noise:d "
                    "block_count:z entry_count:z probe_count:z note_count:z blocks:p entries:p probes:p notes:p "
                    "taylor:tw_gradcheck_taylor hessian:tw_gradcheck_hessian seed:q evaluations:q seconds:d space:p")
gradcheck_options = _struct("tw_gradcheck_options", "bytes:z rtol:d atol:d noise:d floor:d robust:i seed:q every:z "
                            "sample:z extremes:z probes:z locate:z only_probes:i indices:p index_count:z lower:p "
                            "upper:p scales:p no_taylor:i no_hessian:i max_evaluations:q progress:p progress_user:p "
                            "brief:i")
# landscape.h, plane.h, trajectory_plane.h, notes.h
axis = _struct("tw_axis", "first:d last:d count:z")
surface = _struct("tw_surface", "rank:i nx:z ny:z x:p y:p metrics:z names:p metric:p values:p computed:p")
adaptive_error = _struct("tw_adaptive_error", "log:i range:d estimate:d measured:d")
adaptive_report = _struct("tw_adaptive_report", "evaluated:z interpolated:z held_out:z rounds:z")
pca = _struct("tw_pca", "checkpoints:z total:d share:d*2 singular:d*2 variance:d*2")
plane = _struct("tw_plane", "rank:i size:z origin:p x:p y:p source:s*2 principal:i pca:tw_pca cosine:d angle:d "
                "owned:i")
rows = _struct("tw_rows", "count:z size:z read:p user:p")
pca_options = _struct("tw_pca_options", "bytes:z center:p mean:i memory:z runner:p progress:p progress_user:p space:p")
path = _struct("tw_path", "name:s count:z x:p y:p length:p distance:p loss:p plane_loss:p iteration:p")
barrier = _struct("tw_barrier", "from:d to:d height:d at:d highest:d points:z not_finite:z")
note = _struct("tw_note", "kind:i axis:i number:d text:c*320")
# file.h
provenance = _struct("tw_provenance", "count:z keys:p texts:p")
array = _struct("tw_array", "rank:i shape:z*8 count:z values:p")
paths = _struct("tw_paths", "count:z path:p labels:s*2")
table = _struct("tw_table", "kind:s columns:z rows:z capacity:z names:p values:p metric:p")
# words.h, setting.h, study.h
numbers = _struct("tw_numbers", "count:z values:p")
setting = _struct("tw_setting", "name:s text:s")
settings = _struct("tw_settings", "count:z items:p")
study = _struct("tw_study", "bytes:z runner:p team:p seed:q command:s user:p say:p progress:p interrupted:p watch:p")
# study_model.h
study_data_options = _struct("tw_study_data_options", "bytes:z source:s split:i limit:z classes:s label:s "
                             "labels_from:i decimal:i channels_last:i size:s color:i")
study_model_options = _struct("tw_study_model_options", "bytes:z model:s data:tw_study_data_options weights:s init:s "
                              "at:tw_numbers settings:tw_settings errors:i")
study_model = _struct("tw_study_model", "bytes:z study:p kind:s source:s split:s data:p objective:p size:z x:p "
                      "point_given:i point_known:i example:i reg:d step:d entry_step:d difference_step:d plan:p")
study_model_own = _struct("tw_study_model_own", "bytes:z name:s x:p init:s says:tw_settings costly:i user:p fewer:p test:p")
# study_plane.h, study_landscape.h
study_plane_options = _struct("tw_study_plane_options", "bytes:z dx:s dy:s directions:s trajectory:s mean:i to:s "
                              "third:s norm:i ignore:i peer_rules:i orthogonal:i scale:d x_vector:p y_vector:p "
                              "to_point:p third_point:p")
study_landscape_options = _struct(
    "tw_study_landscape_options", "bytes:z rank:i model:tw_study_model_options plane:tw_study_plane_options x:tw_axis "
    "y:tw_axis border:d test:i repeats:z errors:i tolerance:s adaptive:s adaptive_scale:i output:s restart:i "
    "save_every:d directions:s projection:s curvature:i product:i eig_tolerance:d peer_scale:z matrix:i eig_ignore:i")
study_landscape_summary = _struct(
    "tw_study_landscape_summary", "center:d center_is_off:i model_loss:d test_loss:d minimum:d maximum:d minimum_x:d "
    "minimum_y:d error:d samples:z points:z continued:z not_finite:z seconds:d")
study_landscape_curvature = _struct(
    "tw_study_landscape_curvature", "used:i least:d greatest:d error:d ratio:d*2 negative:z not_finite:z points:z "
    "products:d factor:d note:c*256 directions:z at:d*2 plane:d*2 random:d random_error:d point_least:d hidden:c*400 "
    "missed:c*200")
study_landscape_adaptive = _struct("tw_study_landscape_adaptive", "used:i tolerance:d absolute:i "
                                   "report:tw_adaptive_report errors:p")
_barrier = _struct("_barrier", "metric:s barrier:tw_barrier")  # it has no name in C
study_landscape_notes = _struct("tw_study_landscape_notes", "count:z note:tw_note*14 bounds:c*400 other_data:c*256 "
                                "barriers:z barrier:_barrier*2")
study_landscape_result = _struct(
    "tw_study_landscape_result", "surface:tw_surface summary:tw_study_landscape_summary "
    "adaptive:tw_study_landscape_adaptive paths:tw_paths trajectories:z share:d notes:tw_study_landscape_notes "
    "curvature:tw_study_landscape_curvature")
# optim.h, study_training.h
optim_options = _struct("tw_optim_options", "bytes:z iterations:z step:d line_search:i schedule:i decay:d period:d "
                        "batch:z seed:q report_every:z report:p user:p cancelled:p report_at:p report_at_count:z "
                        "momentum:d square_decay:d epsilon:d tolerance:d history:z")
optim_result = _struct("tw_optim_result", "loss:d iterations:z evaluations:q stop:i seconds:d reached:z why:s")
study_training_options = _struct(
    "tw_study_training_options", "bytes:z method:s iterations:z step:d line_search:i schedule:i decay:d period:d "
    "batch:z momentum:d square_decay:d epsilon:d tolerance:d history:z report_every:z overfit:z test:p no_test:i "
    "output:s log:s picture:s trajectory:s every:z checkpoints:z spacing:i restart:i save_every:d")
study_training = _struct("tw_study_training", "bytes:z study:p model:p optimizer:p options:tw_optim_options test:p "
                         "show_every:z chance:d enough:d checkpoints:z at:p provenance:tw_provenance plan:p")
study_training_row = _struct("tw_study_training_row", "bytes:z table:p values:p is_first:i has_data:i has_accuracy:i "
                             "has_test:i first_ratio:z")
study_training_watch = _struct("tw_study_training_watch", "bytes:z user:p show:p")
study_training_result = _struct(
    "tw_study_training_result", "bytes:z complete:i end:tw_optim_result stop:s signal:i reached:i is_down:i "
    "verdict:c*400 overfit:c*400 resumed:z x:p table:tw_table last:p first_ratio:z notes:z note:c*8x240")
# curvature.h, spectrum.h, trace.h, density.h, curvature_report.h, study_spectrum.h
curvature_facts = _struct("tw_curvature_facts", "bytes:z size:z dimension:z matrix:i source:i norm:i asymmetry:d "
                          "step:d error:d products:q gradients:q seconds:d")
eigenpair = _struct("tw_eigenpair", "value:d residual:d vector:p")
trace_block = _struct("tw_trace_block", "block:z trace:d standard_error:d")
trace_result = _struct("tw_trace_result", "method:i trace:d standard_error:d block_count:z blocks:p squares:d "
                       "squares_error:d frobenius:d frobenius_error:d draws:z sketch:z products:q seconds:d values:p "
                       "room:z rest:p")
density = _struct("tw_density", "dimension:z probes:z steps:z counts:p nodes:p weights:p exact:i trace:d "
                  "trace_error:d squares:d squares_error:d products:q seconds:d rest:p")
curvature_report = _struct(
    "tw_curvature_report", "bytes:z complete:i facts:tw_curvature_facts largest_count:z smallest_count:z largest:p "
    "smallest:p vectors:p largest_asked:z smallest_asked:z stop:i tolerance:d residual_limit:d rounding:d "
    "eigenvalue_count:z eigenvalues:p trace:tw_trace_result block_names:p diagonal:p diagonal_error:p density:tw_density")
study_spectrum_options = _struct(
    "tw_study_spectrum_options", "bytes:z matrix:i product:i step:d only:s ignore:i norm:i asymmetric:i largest:z "
    "smallest:z trace:i diagonal:i density:i exact:i tolerance:d unconfirmed:i products:z basis:z method:i draws:z "
    "sketch:z probes:z nodes:z output:s restart:i save_every:d")
study_spectrum = _struct("tw_study_spectrum", "bytes:z model:p report:tw_curvature_report provenance:tw_provenance "
                         "seconds:d notes:z note:c*8x320")
# study_file.h
study_range = _struct("tw_study_range", "name:s minimum:d maximum:d norm:d not_finite:z")
study_file = _struct(
    "tw_study_file", "bytes:z kind:i noun:s splits:p*2 surface:tw_surface paths:tw_paths computed:z interpolated:z "
    "table:tw_table array:tw_array space:p x:p plane:tw_plane trajectory:p iterations:z parameters:z range_count:z "
    "ranges:p provenance:tw_provenance network:p work:d outputs:z report:tw_curvature_report")
# plot.h, study_picture.h
figure = _struct(
    "tw_figure", "bytes:z width:d height:d dpi:d title:s x_label:s y_label:s value_label:s scale:i x_scale:i "
    "colormap:i view:i levels:p level_count:z azimuth:d elevation:d raw:i no_marks:i show_points:i paths:p "
    "path_count:z description:s topology:p pass:p font_size:d theme:i transparent:i classes:p class_count:z most:d "
    "low:d high:d aspect:d terminal:p moving:p note:s turning:z sink:p sink_user:p")
study_picture_options = _struct(
    "tw_study_picture_options", "bytes:z view:i colormap:i log:i linear:i show_points:i metric:s title:s "
    "levels:tw_numbers azimuth:d elevation:d width:d height:d dpi:d description:s topology:p pass:p map:i theme:i "
    "size:i background:i font_size:d limits:s aspect:s x_label:s y_label:s value_label:s terminal:p")

def roomy(kind):
    """A zeroed struct for the library to fill, with room behind it: what another build of the library writes beyond
    the end that is known here is then wrong, but falls into no other memory."""
    return kind.from_buffer(bytearray(ctypes.sizeof(kind) + 16384))


#: Enums by the names of C, in order from their first value.
ENUMS = {
    "TW_OK": 0, "TW_DECLINED": 1, "TW_ERR_ARGUMENT": -1, "TW_ERR_MEMORY": -2, "TW_ERR_UNSUPPORTED": -3,
    "TW_ERR_IO": -4, "TW_ERR_FORMAT": -5, "TW_ERR_SHAPE": -6, "TW_ERR_CALLBACK": -7, "TW_ERR_CANCELLED": -8,
    "TW_ERR_SYSTEM": -9, "TW_ERR_NOT_FINITE": -10,
    "TW_CAN_GRADIENT": 8, "TW_CAN_HESSIAN_PRODUCT": 16,
    "TW_ROLE_WEIGHT": 0, "TW_ROLE_BIAS": 1, "TW_ROLE_NORM": 2, "TW_ROLE_BUFFER": 3, "TW_MAX_RANK": 4,
    "TW_SPELT_IN_FULL": 0, "TW_SPELT_IN_FILES": 1,
    "TW_DERIVATIVE_ALIASED": 1, "TW_DERIVATIVE_UNRESOLVED": 2, "TW_DERIVATIVE_DOMAIN": 4,
    "TW_DERIVATIVE_ONE_SIDED": 8, "TW_DERIVATIVE_EVALUATIONS": 16, "TW_DERIVATIVE_FLAT": 32,
    "TW_DERIVATIVE_SINGLE": 64,
    "TW_HESSIAN_GRADIENTS": 0, "TW_HESSIAN_GRADIENT_LADDER": 1, "TW_HESSIAN_VALUES": 2,
    "TW_SWEEP_STEPS": 512, "TW_SWEEP_MARKS": 16,
    "TW_VERDICT_PASS": 0, "TW_VERDICT_FAIL": 1, "TW_VERDICT_INCONCLUSIVE": 2,
    "TW_GRADCHECK_NOTE": 256, "TW_GRADCHECK_TEXT": 0, "TW_GRADCHECK_JSON": 1, "TW_GRADCHECK_CSV": 2,
    "TW_ADAPTIVE_AUTO": 0, "TW_ADAPTIVE_LINEAR": 1, "TW_ADAPTIVE_LOG": 2,
    "TW_NOTES_MOST": 14, "TW_NOTE_TEXT": 320, "TW_TRAINING_NOTES": 8, "TW_SPECTRUM_NOTES": 8,
    "TW_SPLIT_TRAIN": 0, "TW_SPLIT_TEST": 1,
    "TW_STUDY_DATASET": 0, "TW_STUDY_SURFACE": 1, "TW_STUDY_TABLE": 2, "TW_STUDY_ARRAY": 3, "TW_STUDY_WEIGHTS": 4,
    "TW_STUDY_DIRECTIONS": 5, "TW_STUDY_TRAJECTORY": 6, "TW_STUDY_UNFINISHED": 7, "TW_STUDY_NETWORK": 8,
    "TW_STUDY_SPECTRUM": 9,
}
globals().update({name[3:]: value for name, value in ENUMS.items()})

#: Functions: what they answer ('-': nothing; the name of a struct: that, by value), then a letter an argument.
FUNCTIONS = {
    # status.h, version.h, cpu.h, run.h
    "tw_status_text": "s i", "tw_message": "s", "tw_version": "s", "tw_runner_new": "i ip", "tw_runner_free": "- p",
    "tw_runner_set_cancelled": "- ppp",
    # space.h, metric.h
    "tw_space_new": "i p", "tw_space_free": "- p", "tw_space_add": "i pp", "tw_space_blocks": "z p",
    "tw_space_block": "p pz", "tw_role_name": "s z", "tw_metrics_read": "p zpi", "tw_metric_mean": "- zppp",
    # objective.h
    "tw_objective_new": "i ppzpp", "tw_objective_free": "- p", "tw_objective_space": "p p",
    "tw_objective_samples": "z p", "tw_objective_capabilities": "u p", "tw_objective_metrics": "z p",
    "tw_objective_metric_name": "s pz", "tw_objective_value": "i ppp", "tw_objective_gradient": "i pppp",
    "tw_objective_hessian_product": "i pppp",
    # derivative.h, diff.h, jacobian.h, hessian.h, sweep.h
    "tw_point_class_name": "s z", "tw_derivative_directional": "i pppzpp", "tw_diff_method_name": "s z",
    "tw_diff_gradient": "i ppppp", "tw_diff_jacobian": "i ppppp", "tw_pattern_new": "i zzppp", "tw_pattern_free": "- p",
    "tw_diff_jacobian_sparse": "i pppppp", "tw_diff_hessian_product": "i pppppp", "tw_diff_hessian": "i ppppp",
    "tw_diff_hessian_sparse": "i pppppp", "tw_diff_sweep": "i pppzpp", "tw_sweep_release": "- p",
    "tw_sweep_explain": "s psz",
    # gradcheck.h
    "tw_verdict_name": "s z", "tw_reason_name": "s z", "tw_cause_name": "s z", "tw_gradcheck_run": "i pppp",
    "tw_gradcheck_free": "- p", "tw_gradcheck_explain": "s ppsz", "tw_gradcheck_write": "i piip",
    "tw_gradcheck_save": "i spi",
    # plane.h, trajectory_plane.h, trajectory.h
    "tw_norm_name": "s z", "tw_plane_release": "- p", "tw_plane_measure": "- p", "tw_trajectory_axes": "i ppip",
    "tw_trajectory_open": "i sp", "tw_trajectory_close": "- p", "tw_trajectory_rows": "z p",
    "tw_trajectory_space": "p p", "tw_trajectory_read": "i pzp", "tw_trajectory_columns": "z p",
    "tw_trajectory_column_name": "s pz", "tw_trajectory_column": "p ps", "tw_trajectory_provenance": "p p",
    "tw_trajectory_create": "i spzzppp", "tw_trajectory_append": "i ppp", "tw_trajectory_appended": "z p",
    "tw_trajectory_finish": "i p",
    # landscape.h, file.h
    "tw_surface_init_coordinates": "i pzpzpzp", "tw_surface_release": "- p", "tw_surface_shown": "z p",
    "tw_surface_write": "i spp", "tw_paths_write": "i sp", "tw_directions_write": "i sppp",
    "tw_provenance_add": "i psss", "tw_provenance_release": "- p",
    # optim.h
    "tw_optimizer_at": "p z", "tw_optimizer_name": "s p", "tw_optimizer_summary": "s p", "tw_schedule_name": "s z",
    # curvature.h, spectrum.h, trace.h, density.h
    "tw_curvature_matrix_name": "s z", "tw_product_source_name": "s z", "tw_trace_method_name": "s z",
    "tw_spectrum_stop_name": "s z",
    # study*.h
    "tw_study_defaults": "tw_study", "tw_study_ignore_name": "s z", "tw_study_model_defaults": "tw_study_model_options",
    "tw_study_model_name": "s z", "tw_study_model_open": "i ppp", "tw_study_model_of": "i pppp",
    "tw_study_model_free": "- p", "tw_study_model_move": "i pps", "tw_study_plane_defaults": "tw_study_plane_options",
    "tw_study_plane_make": "i pppipp", "tw_study_landscape_defaults": "tw_study_landscape_options i",
    "tw_study_landscape_plan_on": "i pppp", "tw_study_landscape_plan_free": "- p",
    "tw_study_landscape_plan_provenance": "p p", "tw_study_landscape_run": "i pp", "tw_study_landscape_release": "- p",
    "tw_study_training_defaults": "tw_study_training_options", "tw_study_training_spacing": "s z",
    "tw_study_training_plan": "i pppp", "tw_study_training_free": "- p", "tw_study_training_run": "i ppp",
    "tw_study_training_result_release": "- p", "tw_study_spectrum_defaults": "tw_study_spectrum_options",
    "tw_study_spectrum_run": "i ppp", "tw_study_spectrum_free": "- p", "tw_study_file_open": "i pspp",
    "tw_study_file_free": "- p",
    # plot.h, study_picture.h
    "tw_view_name": "s z", "tw_colormap_name": "s z", "tw_theme_name": "s z", "tw_plot_available": "i",
    "tw_plot_sweep": "i spp", "tw_plot_gradcheck": "i spp", "tw_curvature_picture_name": "s z",
    "tw_picture_size_name": "s z", "tw_picture_ground_name": "s z",
    "tw_study_picture_defaults": "tw_study_picture_options", "tw_study_picture_surface": "i spppp",
    "tw_study_picture_table": "i sppp", "tw_study_picture_spectrum": "i sppp", "tw_study_picture_files": "i ppzps",
}


def _declare():
    for name, form in FUNCTIONS.items():
        answer, _, arguments = form.partition(" ")
        try:
            function = getattr(lib, name)
        except AttributeError:
            raise LibraryError(f"'{path_of_library}' has no {name}: it is another build of this version; build and "
                               "install library and module from one source") from None
        function.argtypes = [_TYPES[letter] for letter in arguments]
        if answer in STRUCTS:
            setattr(lib, name, _by_value(name, function, STRUCTS[answer]))
        else:
            function.restype = None if answer == "-" else _TYPES[answer]


def may_grow(name):
    """Whether the library may know more members of a struct than the module, at its end: of those that are filled in
    for it, which begin with their size, and lie in no other struct."""
    within = {kind for struct in STRUCTS.values() for _, kind in struct._fields_}
    filled = name.endswith(("_options", "_ops", "_traits", "_own", "_watch")) or name in (
        "tw_study", "tw_figure", "tw_residuals")
    return filled and STRUCTS[name]._fields_[0][0] == "bytes" and STRUCTS[name] not in within


def _by_value(name, function, kind):
    """A function that answers a struct which begins with its size: into room for a larger one, so that a library of
    another build is told and not obeyed."""
    grows = may_grow(kind.__name__)
    size = ctypes.sizeof(kind)
    room = type(kind.__name__, (ctypes.Structure,), {"_fields_": [("made", kind), ("room", ctypes.c_char * 4096)]})
    function.restype = room

    def call(*arguments):
        made = function(*arguments).made
        if made.bytes < size or (made.bytes > size and not grows):
            raise LibraryError(f"'{path_of_library}' is another build of this version: {kind.__name__} has "
                               f"{made.bytes} bytes there and {size} in the module; build and install both from one "
                               "source")
        made = kind.from_buffer_copy(made)
        made.bytes = size
        return made

    call(*([0] * len(function.argtypes)))
    return call


_declare()
lib.tw_fail.argtypes = [ctypes.c_int, ctypes.c_char_p]  # and what its format asks for
lib.tw_fail.restype = ctypes.c_int

#: Callbacks, by what they answer and take.
value_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p)
gradient_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p,
                               ctypes.c_void_p)
complex_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p,
                              ctypes.c_void_p)
products_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t,
                               ctypes.c_void_p, ctypes.c_void_p)
sample_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_void_p,
                             ctypes.c_void_p, ctypes.c_void_p)
residual_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p, ctypes.c_size_t,
                               ctypes.c_void_p)
progress_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t)
study_say_fn = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_char_p)
study_progress_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_size_t, ctypes.c_size_t)
study_interrupted_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p)
fewer_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_size_t, ctypes.c_void_p)
test_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)
show_fn = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


def names(function):
    """The names of a list that answers None past its end."""
    found = []
    while (name := function(len(found))) is not None:
        found.append(name.decode())
    return found
