# Completions of cencori for elvish. The command is asked at each TAB, and answers
# at once or not at all.
use str

set edit:completion:arg-completer[cencori] = {|@words|
    var lines = [(
        try {
            env CENCORI_COMPLETE=elvish cencori -- $@words 2>/dev/null </dev/null
        } catch {
        }
    )]
    if (> (count $lines) 1) {
        for line $lines[1..] {
            var value @description = (str:split "\t" $line)
            var shown = $value
            if (not-eq $description []) {
                set shown = $value'  '$description[0]
            }
            var after = ' '
            if (or (str:has-suffix $value '/') (str:has-suffix $value ':')) {
                set after = ''
            }
            edit:complex-candidate $value &display=$shown &code-suffix=$after
        }
    } elif (and (eq (count $lines) 1) (has-value [files folders commands] $lines[0])) {
        edit:complete-filename $words[-1]
    }
}
