# Completions of cencori for bash (3.2 or later). The command is asked at each
# TAB, and answers at once or not at all. It gets the line as it was typed, and
# what of it will be replaced: it knows of quotes, and of the colons at which bash
# cuts words.
_cencori() {
    local native= line
    COMPREPLY=()
    while IFS= read -r line; do
        if [[ -z $native ]]; then
            native=$line
        else
            COMPREPLY+=("$line")
        fi
    done < <(CENCORI_COMPLETE=bash command cencori -- "${COMP_LINE:0:COMP_POINT}" "$2" \
        2>/dev/null </dev/null)
    case $native in
        none | files | folders | commands) ;;
        *) COMPREPLY=() ;;
    esac
    if [[ ${#COMPREPLY[@]} -eq 1 && ${COMPREPLY[0]} == *[/:=] ]]; then
        compopt -o nospace 2>/dev/null
    elif [[ ${#COMPREPLY[@]} -eq 0 ]]; then
        case $native in
            files) compopt -o default 2>/dev/null ;;
            folders) compopt -o dirnames 2>/dev/null ;;
            commands)
                while IFS= read -r line; do
                    COMPREPLY+=("$line")
                done < <(compgen -c -- "$2")
                ;;
        esac
    fi
}

complete -F _cencori -o nosort -o bashdefault cencori 2>/dev/null ||
    complete -F _cencori -o bashdefault cencori
