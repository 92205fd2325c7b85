# complete.zsh PLACE LINE: what zsh offers at the end of LINE, one a line, with the completion that
# is a script to be sourced, or lies in a folder as _thalweg. A second zsh on a pseudo-terminal is sent the line and a Tab; its compadd prints what it is
# given.
zmodload zsh/zpty || exit 77
zpty inner zsh -f -i
inner() { zpty -w inner "$1"; }
inner "PROMPT= PS2="
inner "unsetopt zle_bracketed_paste; stty -echo; setopt no_beep"
if [[ -d $1 ]]; then
    inner "fpath=(${(q)1} \$fpath); autoload -U compinit; compinit -u -D"
else
    inner "autoload -U compinit; compinit -u -D; source ${(q)1}"
fi
inner 'compadd() {
    if [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]]; then builtin compadd "$@"; return; fi
    local -a hits
    builtin compadd -O hits "$@"
    local hit; for hit in $hits; do print -r -- "<$hit>"; done
    builtin compadd "$@"
}'
inner 'finished() { print E""ND; exit }'
inner 'comppostfuncs=(finished); bindkey "^I" complete-word; zstyle ":completion:*" insert-tab false; print REA""DY'
# what is typed may be echoed, so that the words waited for are not in it
integer seen=0
while zpty -r inner line; do
    [[ $line == *READY* ]] && break
    ((++seen > 500)) && exit 1
done
zpty -w -n inner "$2"$'\t'
while zpty -r inner line; do
    line=${line//$'\r'/}
    [[ $line == *END* ]] && break
    [[ $line == *'<'*'>'* ]] && { line=${line#*<}; print -r -- "${line%>*}" }
done
zpty -d inner
exit 0
