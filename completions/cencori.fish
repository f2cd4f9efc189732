# Completions of cencori for fish (3 or later). The command is asked at each TAB,
# and answers at once or not at all.
function __cencori_complete
    set -l word (commandline --current-token --cut-at-cursor)
    set -l lines (env CENCORI_COMPLETE=fish cencori -- \
        (commandline --current-process --tokenize --cut-at-cursor) "$word" 2>/dev/null </dev/null)
    if not contains -- "$lines[1]" none files folders commands
        return
    end
    if set -q lines[2]
        printf '%s\n' $lines[2..-1]
        return
    end
    switch $lines[1]
        case files
            __fish_complete_path "$word"
        case folders
            __fish_complete_directories "$word"
        case commands
            __fish_complete_command
    end
end

complete --command cencori --keep-order --no-files --arguments '(__cencori_complete)'
