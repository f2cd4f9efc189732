
using namespace System.Management.Automation
using namespace System.Management.Automation.Language

Register-ArgumentCompleter -Native -CommandName 'cencori' -ScriptBlock {
    param($wordToComplete, $commandAst, $cursorPosition)

    $commandElements = $commandAst.CommandElements
    $command = @(
        'cencori'
        for ($i = 1; $i -lt $commandElements.Count; $i++) {
            $element = $commandElements[$i]
            if ($element -isnot [StringConstantExpressionAst] -or
                $element.StringConstantType -ne [StringConstantType]::BareWord -or
                $element.Value.StartsWith('-') -or
                $element.Value -eq $wordToComplete) {
                break
        }
        $element.Value
    }) -join ';'

    $completions = @(switch ($command) {
        'cencori' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Sign in, see who is signed in, sign out')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'Create, list, replace and revoke keys, and find those that have leaked')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a local stand-in for the service')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Remember the project of this folder')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with keys from the keychain in its environment')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual pages into a folder')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;auth' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in, once')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show who is signed in, by what right, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End the session, at the service and here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;auth;login' {
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'Sign in with a password instead of a browser')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('--insecure-storage', '--insecure-storage', [CompletionResultType]::ParameterName, 'Keep the session in a file that only you can read, not in the keychain')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;auth;status' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;auth;logout' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;auth;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in, once')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show who is signed in, by what right, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'End the session, at the service and here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;auth;help;login' {
            break
        }
        'cencori;auth;help;status' {
            break
        }
        'cencori;auth;help;logout' {
            break
        }
        'cencori;auth;help;help' {
            break
        }
        'cencori;keys' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a key, and put it where it is used')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the live keys')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one live key')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a live key by a new one, without an outage')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke live keys, for good')
            [CompletionResult]::new('domains', 'domains', [CompletionResultType]::ParameterValue, 'Check, list and change the domains of a key')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Find out whether a key is alive, whose it is, and from where it is taken')
            [CompletionResult]::new('scan', 'scan', [CompletionResultType]::ParameterValue, 'Find keys in files, in git''s index, or in what is read')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Hold the project''s keys, and those in files, to a policy')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;keys;create' {
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'A host from where the publishable key may be used, such as `myapp.com`; may be given again. `*.myapp.com` admits every subdomain, and `myapp.com` too')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Where the key is valid; production unless named')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key into this file; repeatable. Without PATH, it is the file that the project uses')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable to set, in the file or by `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Give the key to this command on its standard input, without a line break; may be given again')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Make a key for servers; the default')
            [CompletionResult]::new('--publishable', '--publishable', [CompletionResultType]::ParameterName, 'Make a key for browsers; needs --domain')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that admits strangers'' sites, such as `*.github.io`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link that leads out of the project, without asking')
            [CompletionResult]::new('--overwrite', '--overwrite', [CompletionResultType]::ParameterName, 'Replace the value that the variable, or the name in the keychain, has, without asking')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Print the key, also where it is put somewhere')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Create nothing; finish or undo what an interrupted `keys create` has left')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;list' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only keys of this type')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only keys of this environment; both unless named')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only keys made longer ago than this, such as `90d`, `12h` or `6w`')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--usage', '--usage', [CompletionResultType]::ParameterName, 'Read the logs for when each key was last used, and what its latest AI requests cost: up to 100 rows of each log')
            [CompletionResult]::new('--fail-if-any', '--fail-if-any', [CompletionResultType]::ParameterName, 'End with exit code 3 if any key is listed')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;show' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--usage', '--usage', [CompletionResultType]::ParameterName, 'Read the logs for when it was last used, who calls with it, and what its AI requests cost')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;rotate' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Call the new key by another name')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'Give a publishable key these domains instead of the old one''s; may be given again')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key into this file; repeatable. Without PATH, it is the file that the project uses')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable to set, in the file or by `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Give the key to this command on its standard input, without a line break; may be given again')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to have the new key used. It must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Have this command try the new key, which it gets on its standard input. It must exit with 0')
            [CompletionResult]::new('--verify-variable', '--verify-variable', [CompletionResultType]::ParameterName, 'Give that command the key in this variable instead')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment. With --abort, the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Give up waiting for --until-idle after this long; the rotation is kept')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the old key, or with --abort the new one, although this file of the project has it or can''t be read; for a folder, everything in it; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and say what it needs')
            [CompletionResult]::new('--new-key', '--new-key', [CompletionResultType]::ParameterName, 'Where the new key stands, to be verified where another machine has made it: FILE:VARIABLE, or - for standard input')
            [CompletionResult]::new('--old', '--old', [CompletionResultType]::ParameterName, 'The key that is replaced, by its id, where another machine has begun')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'Its replacement, by its id')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that admits strangers'' sites, such as `*.github.io`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link that leads out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: whatever uses the key reads it anew where it is put')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key although nobody knows whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway has forgotten the old key too, for up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Go on with an open rotation; KEY tells which, where there are several')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Show the open rotations')
            [CompletionResult]::new('--abort', '--abort', [CompletionResultType]::ParameterName, 'Put the old key back, and revoke the new one')
            [CompletionResult]::new('--old-key-restored', '--old-key-restored', [CompletionResultType]::ParameterName, 'With --abort: you have put the old key back where this command can''t, into what took it by --pipe-to and what was deployed elsewhere')
            [CompletionResult]::new('--leave-failed', '--leave-failed', [CompletionResultType]::ParameterName, 'Give up the places that can''t be written: the new key stays out of them, or with --abort in them')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;revoke' {
            [CompletionResult]::new('--leaked', '--leaked', [CompletionResultType]::ParameterName, 'Revoke every key that stands in this file, or with - in the standard input: a report of gitleaks or trufflehog, SARIF, a diff, a log, a key')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--no-ask', '--no-ask', [CompletionResultType]::ParameterName, 'Send no leaked key anywhere: look for it by its hash in the project alone, and believe the list that it is gone')
            [CompletionResult]::new('--rotate', '--rotate', [CompletionResultType]::ParameterName, 'Replace a leaked key first in the project''s .env files and in the keychain, then revoke it at once, and name the files that still have it')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway refuses what was revoked too, for up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Revoke without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Revoke without asking')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Only say what would be revoked')
            [CompletionResult]::new('--ignore-missing', '--ignore-missing', [CompletionResultType]::ParameterName, 'Count a KEY that is not live as done, not as a failure')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a key''s domains admit an origin, and what would')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the domains of a publishable key: what each admits, and what is wrong with it')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add domains to a publishable key, by replacing it')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove domains from a publishable key, by replacing it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Give a publishable key another list of domains, by replacing it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;keys;domains;check' {
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'A domain to check in the place of a key''s, compared as it stands; may be given again. Quote patterns (''*.myapp.com'')')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Ask the gateway too. KEY is FILE:VARIABLE or -. Each origin counts against the project''s 60 calls, and answers may be 125 s late')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;list' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;add' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key into this file; repeatable. Without PATH, it is the file that the project uses')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable to set, in the file or by `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Give the key to this command on its standard input, without a line break; may be given again')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to have the new key used. It must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Have this command try the new key, which it gets on its standard input. It must exit with 0')
            [CompletionResult]::new('--verify-variable', '--verify-variable', [CompletionResultType]::ParameterName, 'Give that command the key in this variable instead')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment. With --abort, the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Give up waiting for --until-idle after this long; the rotation is kept')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the old key, or with --abort the new one, although this file of the project has it or can''t be read; for a folder, everything in it; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and say what it needs')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link that leads out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: whatever uses the key reads it anew where it is put')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key although nobody knows whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway has forgotten the old key too, for up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that admits strangers'' sites, such as `*.github.io`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;remove' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key into this file; repeatable. Without PATH, it is the file that the project uses')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable to set, in the file or by `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Give the key to this command on its standard input, without a line break; may be given again')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to have the new key used. It must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Have this command try the new key, which it gets on its standard input. It must exit with 0')
            [CompletionResult]::new('--verify-variable', '--verify-variable', [CompletionResultType]::ParameterName, 'Give that command the key in this variable instead')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment. With --abort, the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Give up waiting for --until-idle after this long; the rotation is kept')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the old key, or with --abort the new one, although this file of the project has it or can''t be read; for a folder, everything in it; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and say what it needs')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link that leads out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: whatever uses the key reads it anew where it is put')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key although nobody knows whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway has forgotten the old key too, for up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;set' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key into this file; repeatable. Without PATH, it is the file that the project uses')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Put the key into the operating system''s keychain under NAME, the key''s own unless named, for `cencori run`')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable to set, in the file or by `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Give the key to this command on its standard input, without a line break; may be given again')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to have the new key used. It must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Have this command try the new key, which it gets on its standard input. It must exit with 0')
            [CompletionResult]::new('--verify-variable', '--verify-variable', [CompletionResultType]::ParameterName, 'Give that command the key in this variable instead')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Take for a verification that the usage logs show the new key at work, within this time, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only when the usage logs have shown no call with it for this long, such as `15m`, since the deployment. With --abort, the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Give up waiting for --until-idle after this long; the rotation is kept')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the old key, or with --abort the new one, although this file of the project has it or can''t be read; for a folder, everything in it; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and say what it needs')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link that leads out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: whatever uses the key reads it anew where it is put')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key although nobody knows whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway has forgotten the old key too, for up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; what is to be decided is decided by the other flags. Where there is no terminal, this holds for --resume too')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that admits strangers'' sites, such as `*.github.io`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Say whether a key''s domains admit an origin, and what would')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the domains of a publishable key: what each admits, and what is wrong with it')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add domains to a publishable key, by replacing it')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove domains from a publishable key, by replacing it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Give a publishable key another list of domains, by replacing it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;keys;domains;help;check' {
            break
        }
        'cencori;keys;domains;help;list' {
            break
        }
        'cencori;keys;domains;help;add' {
            break
        }
        'cencori;keys;domains;help;remove' {
            break
        }
        'cencori;keys;domains;help;set' {
            break
        }
        'cencori;keys;domains;help;help' {
            break
        }
        'cencori;keys;verify' {
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Also ask whether an application''s page at this address may use it')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;scan' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--staged', '--staged', [CompletionResultType]::ParameterName, 'Search what the next commit would add or change, as for a pre-commit hook')
            [CompletionResult]::new('--env-files', '--env-files', [CompletionResultType]::ParameterName, 'Look into .env files although git ignores them')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Don''t ask the service which keys are live')
            [CompletionResult]::new('--sarif', '--sarif', [CompletionResultType]::ParameterName, 'Print SARIF 2.1.0, for GitHub code scanning and others')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;check' {
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Fail on findings that are at least this bad')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--no-files', '--no-files', [CompletionResultType]::ParameterName, 'Look into no files, only at the project''s keys')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Check what can be checked without the service')
            [CompletionResult]::new('--usage', '--usage', [CompletionResultType]::ParameterName, 'Read the logs too, for keys that nobody has used for long')
            [CompletionResult]::new('--sarif', '--sarif', [CompletionResultType]::ParameterName, 'Print SARIF 2.1.0, for GitHub code scanning and others')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a key, and put it where it is used')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the live keys')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one live key')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a live key by a new one, without an outage')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke live keys, for good')
            [CompletionResult]::new('domains', 'domains', [CompletionResultType]::ParameterValue, 'Check, list and change the domains of a key')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Find out whether a key is alive, whose it is, and from where it is taken')
            [CompletionResult]::new('scan', 'scan', [CompletionResultType]::ParameterValue, 'Find keys in files, in git''s index, or in what is read')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Hold the project''s keys, and those in files, to a policy')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;keys;help;create' {
            break
        }
        'cencori;keys;help;list' {
            break
        }
        'cencori;keys;help;show' {
            break
        }
        'cencori;keys;help;rotate' {
            break
        }
        'cencori;keys;help;revoke' {
            break
        }
        'cencori;keys;help;domains' {
            break
        }
        'cencori;keys;help;verify' {
            break
        }
        'cencori;keys;help;scan' {
            break
        }
        'cencori;keys;help;check' {
            break
        }
        'cencori;keys;help;help' {
            break
        }
        'cencori;sandbox' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox to others on this machine, until Ctrl-C')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show how to reach the sandbox, and who owns it')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Forget all keys, sessions and logs; accounts and projects stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;sandbox;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'Where to listen, on this machine only; port 0 takes any free one')
            [CompletionResult]::new('--gateway-cache', '--gateway-cache', [CompletionResultType]::ParameterName, 'How long the gateway''s two caches remember a key, each')
            [CompletionResult]::new('--access-token-lifetime', '--access-token-lifetime', [CompletionResultType]::ParameterName, 'How long an access token lasts; every session is renewed when less than 90 seconds are left')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;sandbox;status' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;sandbox;reset' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;sandbox;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox to others on this machine, until Ctrl-C')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show how to reach the sandbox, and who owns it')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Forget all keys, sessions and logs; accounts and projects stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;sandbox;help;serve' {
            break
        }
        'cencori;sandbox;help;status' {
            break
        }
        'cencori;sandbox;help;reset' {
            break
        }
        'cencori;sandbox;help;help' {
            break
        }
        'cencori;link' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link that leads out of the project, without asking')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;run' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Set the variables of this file; may be given again, and a later one overrides an earlier one. Values are taken as they stand, without quotes: escapes and $ mean nothing')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Set also the variables that are set already')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'Run nothing; list what would be set and from where, without looking into the keychain')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;completions' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;man' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE where a live key of it stands')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile of config.toml to use: a host and a session of its own')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'How long one call to the service may take, repetitions included: `30` or `30s`, `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Tell only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask; fail instead, naming the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;help' {
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Sign in, see who is signed in, sign out')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'Create, list, replace and revoke keys, and find those that have leaked')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a local stand-in for the service')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Remember the project of this folder')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with keys from the keychain in its environment')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual pages into a folder')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;help;auth' {
            break
        }
        'cencori;help;keys' {
            break
        }
        'cencori;help;sandbox' {
            break
        }
        'cencori;help;link' {
            break
        }
        'cencori;help;run' {
            break
        }
        'cencori;help;completions' {
            break
        }
        'cencori;help;man' {
            break
        }
        'cencori;help;help' {
            break
        }
    })

    $completions.Where{ $_.CompletionText -like "$wordToComplete*" } |
        Sort-Object -Property ListItemText
}
