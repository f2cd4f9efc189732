
use builtin;
use str;

set edit:completion:arg-completer[cencori] = {|@words|
    fn spaces {|n|
        builtin:repeat $n ' ' | str:join ''
    }
    fn cand {|text desc|
        edit:complex-candidate $text &display=$text' '(spaces (- 14 (wcswidth $text)))$desc
    }
    var command = 'cencori'
    for word $words[1..-1] {
        if (str:has-prefix $word '-') {
            break
        }
        set command = $command';'$word
    }
    var completions = [
        &'cencori'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand -V 'Print version'
            cand --version 'Print version'
            cand auth 'Sign in, see who is signed in, sign out'
            cand keys 'Create, list, replace and revoke keys, and find those that have leaked'
            cand sandbox 'Run a local stand-in for the service'
            cand link 'Remember the project of this folder'
            cand run 'Run a command with keys from the keychain in its environment'
            cand completions 'Print a completion script for a shell'
            cand man 'Write the manual pages into a folder'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;auth'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand login 'Sign in, once'
            cand status 'Show who is signed in, by what right, and until when'
            cand logout 'End the session, at the service and here'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;auth;login'= {
            cand --email 'Sign in with a password instead of a browser'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --password-stdin 'Read the password from standard input'
            cand --insecure-storage 'Keep the session in a file that only you can read, not in the keychain'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;auth;status'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;auth;logout'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;auth;help'= {
            cand login 'Sign in, once'
            cand status 'Show who is signed in, by what right, and until when'
            cand logout 'End the session, at the service and here'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;auth;help;login'= {
        }
        &'cencori;auth;help;status'= {
        }
        &'cencori;auth;help;logout'= {
        }
        &'cencori;auth;help;help'= {
        }
        &'cencori;keys'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand create 'Create a key, and put it where it is used'
            cand list 'List the live keys'
            cand show 'Show one live key'
            cand rotate 'Replace a live key by a new one, without an outage'
            cand revoke 'Revoke live keys, for good'
            cand domains 'Check, list and change the domains of a key'
            cand verify 'Find out whether a key is alive, whose it is, and from where it is taken'
            cand scan 'Find keys in files, in git''s index, or in what is read'
            cand check 'Hold the project''s keys, and those in files, to a policy'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;keys;create'= {
            cand --domain 'A host from where the publishable key may be used, such as `myapp.com`; may be given again. `*.myapp.com` admits every subdomain, and `myapp.com` too'
            cand --environment 'Where the key is valid; production unless named'
            cand --env-file 'Write the key into this file, `.env` unless named; may be given again'
            cand --keychain 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`'
            cand --var 'The variable to set, in the file or by `cencori run`'
            cand --pipe-to 'Give the key to this command on its standard input, without a line break; may be given again'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --secret 'Make a key for servers; the default'
            cand --publishable 'Make a key for browsers; needs --domain'
            cand --allow-broad 'Accept a domain that admits strangers'' sites, such as `*.github.io`'
            cand --overwrite 'Replace the value that the variable, or the name in the keychain, has, without asking'
            cand --reveal 'Print the key, also where it is put somewhere'
            cand --resume 'Create nothing; finish or undo what an interrupted `keys create` has left'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;list'= {
            cand --type 'Only keys of this type'
            cand --environment 'Only keys of this environment; both unless named'
            cand --older-than 'Only keys made longer ago than this, such as `90d`, `12h` or `6w`'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --usage 'Read the logs for when each key was last used, up to 100 calls of each'
            cand --fail-if-any 'End with exit code 3 if any key is listed'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;show'= {
            cand --environment 'Look only in this environment'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --usage 'Read the logs for who calls with it, and when it was last used'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;rotate'= {
            cand --environment 'Look only in this environment'
            cand --name 'Call the new key by another name'
            cand --domain 'Give a publishable key these domains instead of the old one''s; may be given again'
            cand --env-file 'Write the key into this file, `.env` unless named; may be given again'
            cand --keychain 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`'
            cand --var 'The variable to set, in the file or by `cencori run`'
            cand --pipe-to 'Give the key to this command on its standard input, without a line break; may be given again'
            cand --deploy 'Run this command to have the new key used. It has to end well'
            cand --verify-with 'Have this command try the new key, which it gets on its standard input. It has to end well'
            cand --verify-variable 'Give that command the key in this variable instead'
            cand --until-used 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`'
            cand --until-idle 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment'
            cand --at-most 'Give up waiting for --until-idle after this long; the rotation is kept'
            cand --pause-before 'Stop before this step, and say what it needs'
            cand --new-key 'Where the new key stands, to be verified where another machine has made it: FILE:VARIABLE, or - for standard input'
            cand --old 'The key that is replaced, by its id, where another machine has begun'
            cand --new 'Its replacement, by its id'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --allow-broad 'Accept a domain that admits strangers'' sites, such as `*.github.io`'
            cand --skip-verify 'Revoke the old key although nobody knows whether the new one works'
            cand --wait 'Wait until the gateway has forgotten the old key too, for up to 125 seconds'
            cand -y 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --yes 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --resume 'Go on with an open rotation; KEY tells which, where there are several'
            cand --status 'Show the open rotations'
            cand --abort 'Put the old key back, and revoke the new one'
            cand --leave-failed 'Give up the places that can''t be written: the new key stays out of them, or with --abort in them'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;revoke'= {
            cand --leaked 'Revoke every key that stands in this file, or with - in the standard input: a report of gitleaks or trufflehog, SARIF, a diff, a log, a key'
            cand --environment 'Look only in this environment'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --no-ask 'Send no leaked key anywhere: look for it by its hash in the project alone, and believe the list that it is gone'
            cand --rotate 'Replace a leaked key first where it stands in the .env files of this folder or in the keychain, then revoke it at once'
            cand --wait 'Wait until the gateway refuses what was revoked too, for up to 125 seconds'
            cand -y 'Revoke without asking'
            cand --yes 'Revoke without asking'
            cand --dry-run 'Only say what would be revoked'
            cand --ignore-missing 'Count a KEY that is not live as done, not as a failure'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;domains'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand check 'Say whether a key''s domains admit an origin, and what would'
            cand list 'List the domains of a publishable key: what each admits, and what is wrong with it'
            cand add 'Add domains to a publishable key, by replacing it'
            cand remove 'Remove domains from a publishable key, by replacing it'
            cand set 'Give a publishable key another list of domains, by replacing it'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;keys;domains;check'= {
            cand --domain 'A domain to check in the place of a key''s, compared as it stands; may be given again. Quote patterns (''*.myapp.com'')'
            cand --environment 'Look only in this environment'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --live 'Ask the gateway too. KEY is FILE:VARIABLE or -. Each origin counts against the project''s 60 calls, and answers may be 125 s late'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;domains;list'= {
            cand --environment 'Look only in this environment'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;domains;add'= {
            cand --environment 'Look only in this environment'
            cand --env-file 'Write the key into this file, `.env` unless named; may be given again'
            cand --keychain 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`'
            cand --var 'The variable to set, in the file or by `cencori run`'
            cand --pipe-to 'Give the key to this command on its standard input, without a line break; may be given again'
            cand --deploy 'Run this command to have the new key used. It has to end well'
            cand --verify-with 'Have this command try the new key, which it gets on its standard input. It has to end well'
            cand --verify-variable 'Give that command the key in this variable instead'
            cand --until-used 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`'
            cand --until-idle 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment'
            cand --at-most 'Give up waiting for --until-idle after this long; the rotation is kept'
            cand --pause-before 'Stop before this step, and say what it needs'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --skip-verify 'Revoke the old key although nobody knows whether the new one works'
            cand --wait 'Wait until the gateway has forgotten the old key too, for up to 125 seconds'
            cand -y 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --yes 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --allow-broad 'Accept a domain that admits strangers'' sites, such as `*.github.io`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;domains;remove'= {
            cand --environment 'Look only in this environment'
            cand --env-file 'Write the key into this file, `.env` unless named; may be given again'
            cand --keychain 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`'
            cand --var 'The variable to set, in the file or by `cencori run`'
            cand --pipe-to 'Give the key to this command on its standard input, without a line break; may be given again'
            cand --deploy 'Run this command to have the new key used. It has to end well'
            cand --verify-with 'Have this command try the new key, which it gets on its standard input. It has to end well'
            cand --verify-variable 'Give that command the key in this variable instead'
            cand --until-used 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`'
            cand --until-idle 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment'
            cand --at-most 'Give up waiting for --until-idle after this long; the rotation is kept'
            cand --pause-before 'Stop before this step, and say what it needs'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --skip-verify 'Revoke the old key although nobody knows whether the new one works'
            cand --wait 'Wait until the gateway has forgotten the old key too, for up to 125 seconds'
            cand -y 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --yes 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;domains;set'= {
            cand --environment 'Look only in this environment'
            cand --env-file 'Write the key into this file, `.env` unless named; may be given again'
            cand --keychain 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`'
            cand --var 'The variable to set, in the file or by `cencori run`'
            cand --pipe-to 'Give the key to this command on its standard input, without a line break; may be given again'
            cand --deploy 'Run this command to have the new key used. It has to end well'
            cand --verify-with 'Have this command try the new key, which it gets on its standard input. It has to end well'
            cand --verify-variable 'Give that command the key in this variable instead'
            cand --until-used 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`'
            cand --until-idle 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment'
            cand --at-most 'Give up waiting for --until-idle after this long; the rotation is kept'
            cand --pause-before 'Stop before this step, and say what it needs'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --skip-verify 'Revoke the old key although nobody knows whether the new one works'
            cand --wait 'Wait until the gateway has forgotten the old key too, for up to 125 seconds'
            cand -y 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --yes 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too'
            cand --allow-broad 'Accept a domain that admits strangers'' sites, such as `*.github.io`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;domains;help'= {
            cand check 'Say whether a key''s domains admit an origin, and what would'
            cand list 'List the domains of a publishable key: what each admits, and what is wrong with it'
            cand add 'Add domains to a publishable key, by replacing it'
            cand remove 'Remove domains from a publishable key, by replacing it'
            cand set 'Give a publishable key another list of domains, by replacing it'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;keys;domains;help;check'= {
        }
        &'cencori;keys;domains;help;list'= {
        }
        &'cencori;keys;domains;help;add'= {
        }
        &'cencori;keys;domains;help;remove'= {
        }
        &'cencori;keys;domains;help;set'= {
        }
        &'cencori;keys;domains;help;help'= {
        }
        &'cencori;keys;verify'= {
            cand --origin 'Also ask whether an application''s page at this address may use it'
            cand --environment 'Look only in this environment'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;scan'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --staged 'Search what the next commit would add or change, as for a pre-commit hook'
            cand --env-files 'Look into .env files although git ignores them'
            cand --offline 'Don''t ask the service which keys are live'
            cand --sarif 'Print SARIF 2.1.0, for GitHub code scanning and others'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;check'= {
            cand --fail-on 'Fail on findings that are at least this bad'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --no-files 'Look into no files, only at the project''s keys'
            cand --offline 'Check what can be checked without the service'
            cand --usage 'Read the logs too, for keys that nobody has used for long'
            cand --sarif 'Print SARIF 2.1.0, for GitHub code scanning and others'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;keys;help'= {
            cand create 'Create a key, and put it where it is used'
            cand list 'List the live keys'
            cand show 'Show one live key'
            cand rotate 'Replace a live key by a new one, without an outage'
            cand revoke 'Revoke live keys, for good'
            cand domains 'Check, list and change the domains of a key'
            cand verify 'Find out whether a key is alive, whose it is, and from where it is taken'
            cand scan 'Find keys in files, in git''s index, or in what is read'
            cand check 'Hold the project''s keys, and those in files, to a policy'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;keys;help;create'= {
        }
        &'cencori;keys;help;list'= {
        }
        &'cencori;keys;help;show'= {
        }
        &'cencori;keys;help;rotate'= {
        }
        &'cencori;keys;help;revoke'= {
        }
        &'cencori;keys;help;domains'= {
        }
        &'cencori;keys;help;verify'= {
        }
        &'cencori;keys;help;scan'= {
        }
        &'cencori;keys;help;check'= {
        }
        &'cencori;keys;help;help'= {
        }
        &'cencori;sandbox'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
            cand serve 'Serve the sandbox to others on this machine, until Ctrl-C'
            cand status 'Show how to reach the sandbox, and who owns it'
            cand reset 'Forget all keys, sessions and logs; accounts and projects stay'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;sandbox;serve'= {
            cand --listen 'Where to listen, on this machine only; port 0 takes any free one'
            cand --gateway-cache 'How long the gateway''s two caches remember a key, each'
            cand --access-token-lifetime 'How long an access token lasts; every session is renewed when less than 90 seconds are left'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;sandbox;status'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;sandbox;reset'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;sandbox;help'= {
            cand serve 'Serve the sandbox to others on this machine, until Ctrl-C'
            cand status 'Show how to reach the sandbox, and who owns it'
            cand reset 'Forget all keys, sessions and logs; accounts and projects stay'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;sandbox;help;serve'= {
        }
        &'cencori;sandbox;help;status'= {
        }
        &'cencori;sandbox;help;reset'= {
        }
        &'cencori;sandbox;help;help'= {
        }
        &'cencori;link'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;run'= {
            cand --env-file 'Set the variables of this file; may be given again, and a later one outranks an earlier one. Values are taken as they stand, without quotes: escapes and $ mean nothing'
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --override 'Set also the variables that are set already'
            cand --list 'Run nothing; list what would be set and from where, without looking into the keychain'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;completions'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;man'= {
            cand --project 'The project: its UUID, or FILE:VARIABLE where a live key of it stands'
            cand --profile 'The profile of config.toml to use: a host and a session of its own'
            cand --color 'When to use colours'
            cand --timeout 'How long one call to the service may take: `30` or `30s`, `2m`'
            cand --sandbox 'Use the embedded sandbox, as its owner, instead of the service'
            cand --json 'Print one JSON document instead of text'
            cand -q 'Tell only errors and warnings'
            cand --quiet 'Tell only errors and warnings'
            cand -v 'Show every request'
            cand --verbose 'Show every request'
            cand --no-input 'Never ask; fail instead, naming the flag that answers'
            cand -h 'Print help (see more with ''--help'')'
            cand --help 'Print help (see more with ''--help'')'
        }
        &'cencori;help'= {
            cand auth 'Sign in, see who is signed in, sign out'
            cand keys 'Create, list, replace and revoke keys, and find those that have leaked'
            cand sandbox 'Run a local stand-in for the service'
            cand link 'Remember the project of this folder'
            cand run 'Run a command with keys from the keychain in its environment'
            cand completions 'Print a completion script for a shell'
            cand man 'Write the manual pages into a folder'
            cand help 'Print this message or the help of the given subcommand(s)'
        }
        &'cencori;help;auth'= {
        }
        &'cencori;help;keys'= {
        }
        &'cencori;help;sandbox'= {
        }
        &'cencori;help;link'= {
        }
        &'cencori;help;run'= {
        }
        &'cencori;help;completions'= {
        }
        &'cencori;help;man'= {
        }
        &'cencori;help;help'= {
        }
    ]
    $completions[$command]
}
