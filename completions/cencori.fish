# Print an optspec for argparse to handle cmd's options that are independent of any subcommand.
function __fish_cencori_global_optspecs
    string join \n project= profile= sandbox json q/quiet v/verbose no-input color= timeout= h/help V/version
end

function __fish_cencori_needs_command
    # Figure out if the current invocation already has a command.
    set -l cmd (commandline -opc)
    set -e cmd[1]
    argparse -s (__fish_cencori_global_optspecs) -- $cmd 2>/dev/null
    or return
    if set -q argv[1]
        # Also print the command, so this can be used to figure out what it is.
        echo $argv[1]
        return 1
    end
    return 0
end

function __fish_cencori_using_subcommand
    set -l cmd (__fish_cencori_needs_command)
    test -z "$cmd"
    and return 1
    contains -- $cmd[1] $argv
end

complete -c cencori -n "__fish_cencori_needs_command" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_needs_command" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_needs_command" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_needs_command" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_needs_command" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_needs_command" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_needs_command" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_needs_command" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_needs_command" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_needs_command" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_needs_command" -s V -l version -d 'Print version'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "auth" -d 'Sign in, see who is signed in, sign out'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "keys" -d 'Create, list, replace and revoke keys, and find those that have leaked'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "sandbox" -d 'Run a local stand-in for the service'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "link" -d 'Remember the project of this folder'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "run" -d 'Run a command with keys from the keychain in its environment'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "completions" -d 'Print a completion script for a shell'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "man" -d 'Write the manual pages into a folder'
complete -c cencori -n "__fish_cencori_needs_command" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "login" -d 'Sign in, once'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "status" -d 'Show who is signed in, by what right, and until when'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "logout" -d 'End the session, at the service and here'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and not __fish_seen_subcommand_from login status logout help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l email -d 'Sign in with a password instead of a browser' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l password-stdin -d 'Read the password from standard input'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l insecure-storage -d 'Keep the session in a file that only you can read, not in the keychain'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from login" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from logout" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "login" -d 'Sign in, once'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show who is signed in, by what right, and until when'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "logout" -d 'End the session, at the service and here'
complete -c cencori -n "__fish_cencori_using_subcommand auth; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "create" -d 'Create a key, and put it where it is used'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "list" -d 'List the live keys'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "show" -d 'Show one live key'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "rotate" -d 'Replace a live key by a new one, without an outage'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "revoke" -d 'Revoke live keys, for good'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "domains" -d 'Check, list and change the domains of a key'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "verify" -d 'Find out whether a key is alive, whose it is, and from where it is taken'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "scan" -d 'Find keys in files, in git\'s index, or in what is read'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "check" -d 'Hold the project\'s keys, and those in files, to a policy'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and not __fish_seen_subcommand_from create list show rotate revoke domains verify scan check help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l domain -d 'A host from where the publishable key may be used, such as `myapp.com`; may be given again. `*.myapp.com` admits every subdomain, and `myapp.com` too' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l environment -d 'Where the key is valid; production unless named' -r -f -a "production\t'Live traffic'
test\t'Development and tests'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l env-file -d 'Write the key into this file, `.env` unless named; may be given again' -r -F
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l keychain -d 'Put the key into the operating system\'s keychain under NAME, the key\'s own unless named, for `cencori run`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l var -d 'The variable to set, in the file or by `cencori run`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l pipe-to -d 'Give the key to this command on its standard input, without a line break; may be given again' -r -f -a "(__fish_complete_command)"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l secret -d 'Make a key for servers; the default'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l publishable -d 'Make a key for browsers; needs --domain'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l allow-broad -d 'Accept a domain that admits strangers\' sites, such as `*.github.io`'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l overwrite -d 'Replace the value that the variable, or the name in the keychain, has, without asking'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l reveal -d 'Print the key, also where it is put somewhere'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l resume -d 'Create nothing; finish or undo what an interrupted `keys create` has left'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from create" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l type -d 'Only keys of this type' -r -f -a "secret\t'`csk_...`, and every older form: stays on servers'
publishable\t'`cpk_...`: may be shipped to browsers, works from its allowed domains'
agent\t'`cake_...`: belongs to an agent; this tool leaves it alone unless it is named'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l environment -d 'Only keys of this environment; both unless named' -r -f -a "production\t'Live traffic'
test\t'Development and tests'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l older-than -d 'Only keys made longer ago than this, such as `90d`, `12h` or `6w`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l usage -d 'Read the logs for when each key was last used, up to 100 calls of each'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l fail-if-any -d 'End with exit code 3 if any key is listed'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from list" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l environment -d 'Look only in this environment' -r -f -a "production\t'Live traffic'
test\t'Development and tests'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l usage -d 'Read the logs for who calls with it, and when it was last used'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from show" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l environment -d 'Look only in this environment' -r -f -a "production\t'Live traffic'
test\t'Development and tests'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l name -d 'Call the new key by another name' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l domain -d 'Give a publishable key these domains instead of the old one\'s; may be given again' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l env-file -d 'Write the key into this file, `.env` unless named; may be given again' -r -F
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l keychain -d 'Put the key into the operating system\'s keychain under NAME, the key\'s own unless named, for `cencori run`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l var -d 'The variable to set, in the file or by `cencori run`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l pipe-to -d 'Give the key to this command on its standard input, without a line break; may be given again' -r -f -a "(__fish_complete_command)"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l deploy -d 'Run this command to have the new key used. It has to end well' -r -f -a "(__fish_complete_command)"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l verify-with -d 'Have this command try the new key, which it gets on its standard input. It has to end well' -r -f -a "(__fish_complete_command)"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l verify-variable -d 'Give that command the key in this variable instead' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l until-used -d 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l until-idle -d 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l at-most -d 'Give up waiting for --until-idle after this long; the rotation is kept' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l pause-before -d 'Stop before this step, and say what it needs' -r -f -a "deploy\t'The new key is in its places'
verify\t'It was deployed'
revoke\t'It works, and the old key is waited for with --until-idle, or about to be revoked'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l new-key -d 'Where the new key stands, to be verified where another machine has made it: FILE:VARIABLE, or - for standard input' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l old -d 'The key that is replaced, by its id, where another machine has begun' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l new -d 'Its replacement, by its id' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l allow-broad -d 'Accept a domain that admits strangers\' sites, such as `*.github.io`'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l skip-verify -d 'Revoke the old key although nobody knows whether the new one works'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l wait -d 'Wait until the gateway has forgotten the old key too, for up to 125 seconds'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s y -l yes -d 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l resume -d 'Go on with an open rotation; KEY tells which, where there are several'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l status -d 'Show the open rotations'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l abort -d 'Put the old key back, and revoke the new one'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l leave-failed -d 'Give up the places that can\'t be written: the new key stays out of them, or with --abort in them'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from rotate" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l leaked -d 'Revoke every key that stands in this file, or with - in the standard input: a report of gitleaks or trufflehog, SARIF, a diff, a log, a key' -r -F
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l environment -d 'Look only in this environment' -r -f -a "production\t'Live traffic'
test\t'Development and tests'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l no-ask -d 'Send no leaked key anywhere: look for it by its hash in the project alone, and believe the list that it is gone'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l rotate -d 'Replace a leaked key first where it stands in the .env files of this folder or in the keychain, then revoke it at once'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l wait -d 'Wait until the gateway refuses what was revoked too, for up to 125 seconds'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s y -l yes -d 'Revoke without asking'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l dry-run -d 'Only say what would be revoked'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l ignore-missing -d 'Count a KEY that is not live as done, not as a failure'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from revoke" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -f -a "check" -d 'Say whether a key\'s domains admit an origin, and what would'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -f -a "list" -d 'List the domains of a publishable key: what each admits, and what is wrong with it'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -f -a "add" -d 'Add domains to a publishable key, by replacing it'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -f -a "remove" -d 'Remove domains from a publishable key, by replacing it'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -f -a "set" -d 'Give a publishable key another list of domains, by replacing it'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from domains" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l origin -d 'Also ask whether an application\'s page at this address may use it' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l environment -d 'Look only in this environment' -r -f -a "production\t'Live traffic'
test\t'Development and tests'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from verify" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l staged -d 'Search what the next commit would add or change, as for a pre-commit hook'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l env-files -d 'Look into .env files although git ignores them'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l offline -d 'Don\'t ask the service which keys are live'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l sarif -d 'Print SARIF 2.1.0, for GitHub code scanning and others'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from scan" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l fail-on -d 'Fail on findings that are at least this bad' -r -f -a "note\t'It could be better'
warning\t'It will go wrong, or makes another thing worse'
error\t'A key is or will be in the wrong hands'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l no-files -d 'Look into no files, only at the project\'s keys'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l offline -d 'Check what can be checked without the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l usage -d 'Read the logs too, for keys that nobody has used for long'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l sarif -d 'Print SARIF 2.1.0, for GitHub code scanning and others'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from check" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "create" -d 'Create a key, and put it where it is used'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "list" -d 'List the live keys'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "show" -d 'Show one live key'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "rotate" -d 'Replace a live key by a new one, without an outage'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "revoke" -d 'Revoke live keys, for good'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "domains" -d 'Check, list and change the domains of a key'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "verify" -d 'Find out whether a key is alive, whose it is, and from where it is taken'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "scan" -d 'Find keys in files, in git\'s index, or in what is read'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "check" -d 'Hold the project\'s keys, and those in files, to a policy'
complete -c cencori -n "__fish_cencori_using_subcommand keys; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -f -a "serve" -d 'Serve the sandbox to others on this machine, until Ctrl-C'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -f -a "status" -d 'Show how to reach the sandbox, and who owns it'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -f -a "reset" -d 'Forget all keys, sessions and logs; accounts and projects stay'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and not __fish_seen_subcommand_from serve status reset help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l listen -d 'Where to listen, on this machine only; port 0 takes any free one' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l gateway-cache -d 'How long the gateway\'s two caches remember a key, each' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l access-token-lifetime -d 'How long an access token lasts; every session is renewed when less than 90 seconds are left' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from serve" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from status" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from reset" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "serve" -d 'Serve the sandbox to others on this machine, until Ctrl-C'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "status" -d 'Show how to reach the sandbox, and who owns it'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "reset" -d 'Forget all keys, sessions and logs; accounts and projects stay'
complete -c cencori -n "__fish_cencori_using_subcommand sandbox; and __fish_seen_subcommand_from help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
complete -c cencori -n "__fish_cencori_using_subcommand link" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand link" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand link" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand link" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand link" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand link" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand link" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand link" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand link" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand link" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand run" -l env-file -d 'Set the variables of this file; may be given again, and a later one outranks an earlier one. Values are taken as they stand, without quotes: escapes and $ mean nothing' -r -F
complete -c cencori -n "__fish_cencori_using_subcommand run" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand run" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand run" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand run" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand run" -l override -d 'Set also the variables that are set already'
complete -c cencori -n "__fish_cencori_using_subcommand run" -l list -d 'Run nothing; list what would be set and from where, without looking into the keychain'
complete -c cencori -n "__fish_cencori_using_subcommand run" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand run" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand run" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand run" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand run" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand run" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand completions" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand completions" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand completions" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand completions" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand man" -l project -d 'The project: its UUID, or FILE:VARIABLE where a live key of it stands' -r
complete -c cencori -n "__fish_cencori_using_subcommand man" -l profile -d 'The profile of config.toml to use: a host and a session of its own' -r
complete -c cencori -n "__fish_cencori_using_subcommand man" -l color -d 'When to use colours' -r -f -a "auto\t'On a terminal, unless NO_COLOR is set'
always\t'Always'
never\t'Never'"
complete -c cencori -n "__fish_cencori_using_subcommand man" -l timeout -d 'How long one call to the service may take: `30` or `30s`, `2m`' -r
complete -c cencori -n "__fish_cencori_using_subcommand man" -l sandbox -d 'Use the embedded sandbox, as its owner, instead of the service'
complete -c cencori -n "__fish_cencori_using_subcommand man" -l json -d 'Print one JSON document instead of text'
complete -c cencori -n "__fish_cencori_using_subcommand man" -s q -l quiet -d 'Tell only errors and warnings'
complete -c cencori -n "__fish_cencori_using_subcommand man" -s v -l verbose -d 'Show every request'
complete -c cencori -n "__fish_cencori_using_subcommand man" -l no-input -d 'Never ask; fail instead, naming the flag that answers'
complete -c cencori -n "__fish_cencori_using_subcommand man" -s h -l help -d 'Print help (see more with \'--help\')'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "auth" -d 'Sign in, see who is signed in, sign out'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "keys" -d 'Create, list, replace and revoke keys, and find those that have leaked'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "sandbox" -d 'Run a local stand-in for the service'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "link" -d 'Remember the project of this folder'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "run" -d 'Run a command with keys from the keychain in its environment'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "completions" -d 'Print a completion script for a shell'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "man" -d 'Write the manual pages into a folder'
complete -c cencori -n "__fish_cencori_using_subcommand help; and not __fish_seen_subcommand_from auth keys sandbox link run completions man help" -f -a "help" -d 'Print this message or the help of the given subcommand(s)'
