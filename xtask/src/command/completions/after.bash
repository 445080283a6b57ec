if [[ -z ${_cargo_before_xtask+known} ]]; then
    if ! complete -p cargo &>/dev/null; then
        if declare -F _comp_load &>/dev/null; then
            _comp_load cargo &>/dev/null
        elif declare -F _completion_loader &>/dev/null; then
            _completion_loader cargo &>/dev/null
        fi
    fi
    _cargo_before_xtask=""
    if [[ $(complete -p cargo 2>/dev/null) =~ \ -F\ ([^ ]+) ]]; then
        _cargo_before_xtask="${BASH_REMATCH[1]}"
    fi
fi

_cargo_with_xtask() {
    local word
    for word in "${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
        if [[ $word == xtask ]]; then
            _cargo_xtask "$@"
            return
        elif [[ $word != +* ]]; then
            break
        fi
    done
    if [[ -n $_cargo_before_xtask ]]; then
        "$_cargo_before_xtask" "$@"
    fi
    if [[ $COMP_CWORD -eq 1 && xtask == "$2"* && " ${COMPREPLY[*]} " != *" xtask "* ]]; then
        COMPREPLY+=(xtask)
    fi
}

complete -F _cargo_with_xtask -o bashdefault -o default cargo
