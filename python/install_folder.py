"""install_folder.py PREFIX: prints the folder below PREFIX where this python3 looks for modules, or where one of
that prefix would. (Meson's own answer, lib/python3/dist-packages, is on no path of Debian's below /usr/local.)"""
import os
import site
import sys
import sysconfig

prefix = os.path.normpath(sys.argv[1])
found = [folder for folder in site.getsitepackages() if os.path.normpath(folder).startswith(prefix + os.sep)]
if prefix == "/usr":  # /usr/local is the administrator's
    found = [folder for folder in found if not folder.startswith("/usr/local/")]
print(found[0] if found else sysconfig.get_path("purelib", "posix_prefix", {"base": prefix, "platbase": prefix}))
