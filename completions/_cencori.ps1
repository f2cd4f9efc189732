
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
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('-V', '-V ', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('--version', '--version', [CompletionResultType]::ParameterName, 'Print version')
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Sign in, sign out, and show who is signed in')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'Create, list, rotate, revoke and check keys, and find leaked ones')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a local stand-in for the service')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link this folder to a project')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with keys from the keychain in its environment')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual pages to a folder')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;auth' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show who is signed in, how, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Sign out: end the session at the service and remove it here')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;auth;login' {
            [CompletionResult]::new('--email', '--email', [CompletionResultType]::ParameterName, 'Sign in with a password instead of a browser')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--password-stdin', '--password-stdin', [CompletionResultType]::ParameterName, 'Read the password from standard input')
            [CompletionResult]::new('--insecure-storage', '--insecure-storage', [CompletionResultType]::ParameterName, 'Keep the session in a file that only you can read, instead of the keychain')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;auth;status' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;auth;logout' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;auth;help' {
            [CompletionResult]::new('login', 'login', [CompletionResultType]::ParameterValue, 'Sign in')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show who is signed in, how, and until when')
            [CompletionResult]::new('logout', 'logout', [CompletionResultType]::ParameterValue, 'Sign out: end the session at the service and remove it here')
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
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a key where it is used')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the live keys')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one live key')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a live key with a new one, without an outage')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke live keys for good')
            [CompletionResult]::new('domains', 'domains', [CompletionResultType]::ParameterValue, 'Check, list and change the domains of a key')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Find out whether a key is live, whose it is, and where it works')
            [CompletionResult]::new('scan', 'scan', [CompletionResultType]::ParameterValue, 'Find keys in files, in git''s index, or in standard input')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check keys and files against a policy')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;keys;create' {
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'A domain that the publishable key works from, such as `myapp.com`; repeatable. `*.myapp.com` allows every subdomain, and `myapp.com` too')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'The environment in which the key works [default: production]')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key to this file; repeatable [default for PATH: the file that the project uses]')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Store the key in the operating system''s keychain, for `cencori run` [default for NAME: the key''s name]')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable for the key, in the file or in `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Pass the key to this command on standard input, without a line break; repeatable')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--secret', '--secret', [CompletionResultType]::ParameterName, 'Create a secret key, for servers (default)')
            [CompletionResult]::new('--publishable', '--publishable', [CompletionResultType]::ParameterName, 'Create a publishable key, for browsers; needs --domain')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that allows other people''s sites, such as `*.github.io`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link out of the project, without asking')
            [CompletionResult]::new('--overwrite', '--overwrite', [CompletionResultType]::ParameterName, 'Replace the value that the variable or the keychain entry has, without asking')
            [CompletionResult]::new('--reveal', '--reveal', [CompletionResultType]::ParameterName, 'Print the key even if it is written somewhere')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Create nothing: finish or undo an interrupted `keys create`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;list' {
            [CompletionResult]::new('--type', '--type', [CompletionResultType]::ParameterName, 'Only keys of this type')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Only keys of this environment [default: both]')
            [CompletionResult]::new('--older-than', '--older-than', [CompletionResultType]::ParameterName, 'Only keys created longer ago than this, such as `90d`, `12h` or `6w`')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--usage', '--usage', [CompletionResultType]::ParameterName, 'Show when each key was last used and what its AI requests cost, from up to 100 rows of each log')
            [CompletionResult]::new('--fail-if-any', '--fail-if-any', [CompletionResultType]::ParameterName, 'Exit with 3 if any key is listed')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;show' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--usage', '--usage', [CompletionResultType]::ParameterName, 'Show when the key was last used, who calls with it, and what its AI requests cost')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;rotate' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--name', '--name', [CompletionResultType]::ParameterName, 'Give the new key another name')
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'Give the new publishable key these domains instead of the old ones; repeatable')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key to this file; repeatable [default for PATH: the file that the project uses]')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Store the key in the operating system''s keychain, for `cencori run` [default for NAME: the key''s name]')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable for the key, in the file or in `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Pass the key to this command on standard input, without a line break; repeatable')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to deploy the new key; it must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Verify the new key with this command, which gets it on standard input; it must exit with 0')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Treat the new key as verified once the usage logs show it in use; wait this long, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only after the usage logs have shown no call with it for this long, such as `15m`. With --abort, the same for the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Stop waiting for --until-idle after this long; the rotation stays open')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the key even though this file or folder of the project has it or can''t be read; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and show how to continue')
            [CompletionResult]::new('--old', '--old', [CompletionResultType]::ParameterName, 'The id of the key that is replaced, if another machine began')
            [CompletionResult]::new('--new', '--new', [CompletionResultType]::ParameterName, 'The id of its replacement')
            [CompletionResult]::new('--new-key', '--new-key', [CompletionResultType]::ParameterName, 'Verify the new key, created on another machine, from here: FILE:VARIABLE, or - for standard input')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that allows other people''s sites, such as `*.github.io`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: what uses the key reads it again from where it is written')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key without knowing whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway refuses the old key too, up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--resume', '--resume', [CompletionResultType]::ParameterName, 'Continue an open rotation; KEY says which, if there are several')
            [CompletionResult]::new('--abort', '--abort', [CompletionResultType]::ParameterName, 'Put the old key back, and revoke the new one')
            [CompletionResult]::new('--status', '--status', [CompletionResultType]::ParameterName, 'Show the open rotations')
            [CompletionResult]::new('--old-key-restored', '--old-key-restored', [CompletionResultType]::ParameterName, 'With --abort: confirm that you have put the old key back where this command can''t, such as what --pipe-to gave it to')
            [CompletionResult]::new('--leave-failed', '--leave-failed', [CompletionResultType]::ParameterName, 'Give up the destinations that can''t be written: they don''t get the new key, or with --abort keep it')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;revoke' {
            [CompletionResult]::new('--leaked', '--leaked', [CompletionResultType]::ParameterName, 'Revoke every key in this file, or with - in standard input: a report of gitleaks or trufflehog, SARIF, a diff, a log, a key')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--no-ask', '--no-ask', [CompletionResultType]::ParameterName, 'Send no leaked key anywhere: look it up in the project by its hash, and rely on the list alone')
            [CompletionResult]::new('--rotate', '--rotate', [CompletionResultType]::ParameterName, 'Replace a leaked key in the project''s .env files and in the keychain, then revoke it at once and name the files that still have it')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway refuses the revoked keys too, up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Revoke without asking')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Revoke without asking')
            [CompletionResult]::new('--dry-run', '--dry-run', [CompletionResultType]::ParameterName, 'Show what would be revoked, and revoke nothing')
            [CompletionResult]::new('--ignore-missing', '--ignore-missing', [CompletionResultType]::ParameterName, 'Treat a KEY that is not live as done, not as a failure')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether a key works from an origin, and what would allow it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the domains of a publishable key, what each allows, and what is wrong with it')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add domains to a publishable key by replacing it')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove domains from a publishable key by replacing it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set all domains of a publishable key by replacing it')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;keys;domains;check' {
            [CompletionResult]::new('--domain', '--domain', [CompletionResultType]::ParameterName, 'A domain to check instead of a key''s, compared as it is; repeatable. Quote patterns (''*.myapp.com'')')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--live', '--live', [CompletionResultType]::ParameterName, 'Ask the gateway too; KEY must be FILE:VARIABLE or -. Each origin is one of the project''s 60 calls, and answers can be 125 s late')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;list' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;add' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key to this file; repeatable [default for PATH: the file that the project uses]')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Store the key in the operating system''s keychain, for `cencori run` [default for NAME: the key''s name]')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable for the key, in the file or in `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Pass the key to this command on standard input, without a line break; repeatable')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to deploy the new key; it must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Verify the new key with this command, which gets it on standard input; it must exit with 0')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Treat the new key as verified once the usage logs show it in use; wait this long, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only after the usage logs have shown no call with it for this long, such as `15m`. With --abort, the same for the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Stop waiting for --until-idle after this long; the rotation stays open')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the key even though this file or folder of the project has it or can''t be read; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and show how to continue')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: what uses the key reads it again from where it is written')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key without knowing whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway refuses the old key too, up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that allows other people''s sites, such as `*.github.io`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;remove' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key to this file; repeatable [default for PATH: the file that the project uses]')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Store the key in the operating system''s keychain, for `cencori run` [default for NAME: the key''s name]')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable for the key, in the file or in `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Pass the key to this command on standard input, without a line break; repeatable')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to deploy the new key; it must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Verify the new key with this command, which gets it on standard input; it must exit with 0')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Treat the new key as verified once the usage logs show it in use; wait this long, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only after the usage logs have shown no call with it for this long, such as `15m`. With --abort, the same for the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Stop waiting for --until-idle after this long; the rotation stays open')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the key even though this file or folder of the project has it or can''t be read; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and show how to continue')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: what uses the key reads it again from where it is written')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key without knowing whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway refuses the old key too, up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;set' {
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Write the key to this file; repeatable [default for PATH: the file that the project uses]')
            [CompletionResult]::new('--keychain', '--keychain', [CompletionResultType]::ParameterName, 'Store the key in the operating system''s keychain, for `cencori run` [default for NAME: the key''s name]')
            [CompletionResult]::new('--var', '--var', [CompletionResultType]::ParameterName, 'The variable for the key, in the file or in `cencori run`')
            [CompletionResult]::new('--pipe-to', '--pipe-to', [CompletionResultType]::ParameterName, 'Pass the key to this command on standard input, without a line break; repeatable')
            [CompletionResult]::new('--deploy', '--deploy', [CompletionResultType]::ParameterName, 'Run this command to deploy the new key; it must exit with 0')
            [CompletionResult]::new('--verify-with', '--verify-with', [CompletionResultType]::ParameterName, 'Verify the new key with this command, which gets it on standard input; it must exit with 0')
            [CompletionResult]::new('--until-used', '--until-used', [CompletionResultType]::ParameterName, 'Treat the new key as verified once the usage logs show it in use; wait this long, such as `15m`')
            [CompletionResult]::new('--until-idle', '--until-idle', [CompletionResultType]::ParameterName, 'Revoke the old key only after the usage logs have shown no call with it for this long, such as `15m`. With --abort, the same for the new key')
            [CompletionResult]::new('--at-most', '--at-most', [CompletionResultType]::ParameterName, 'Stop waiting for --until-idle after this long; the rotation stays open')
            [CompletionResult]::new('--ignore-occurrence', '--ignore-occurrence', [CompletionResultType]::ParameterName, 'Revoke the key even though this file or folder of the project has it or can''t be read; repeatable')
            [CompletionResult]::new('--pause-before', '--pause-before', [CompletionResultType]::ParameterName, 'Stop before this step, and show how to continue')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link out of the project, without asking')
            [CompletionResult]::new('--no-deploy', '--no-deploy', [CompletionResultType]::ParameterName, 'Deploy nothing: what uses the key reads it again from where it is written')
            [CompletionResult]::new('--skip-verify', '--skip-verify', [CompletionResultType]::ParameterName, 'Revoke the old key without knowing whether the new one works')
            [CompletionResult]::new('--wait', '--wait', [CompletionResultType]::ParameterName, 'Wait until the gateway refuses the old key too, up to 125 seconds')
            [CompletionResult]::new('-y', '-y', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--yes', '--yes', [CompletionResultType]::ParameterName, 'Ask nothing; the other flags decide')
            [CompletionResult]::new('--allow-broad', '--allow-broad', [CompletionResultType]::ParameterName, 'Accept a domain that allows other people''s sites, such as `*.github.io`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;domains;help' {
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check whether a key works from an origin, and what would allow it')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the domains of a publishable key, what each allows, and what is wrong with it')
            [CompletionResult]::new('add', 'add', [CompletionResultType]::ParameterValue, 'Add domains to a publishable key by replacing it')
            [CompletionResult]::new('remove', 'remove', [CompletionResultType]::ParameterValue, 'Remove domains from a publishable key by replacing it')
            [CompletionResult]::new('set', 'set', [CompletionResultType]::ParameterValue, 'Set all domains of a publishable key by replacing it')
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
            [CompletionResult]::new('--origin', '--origin', [CompletionResultType]::ParameterName, 'Also ask whether a page at this address can use the key')
            [CompletionResult]::new('--environment', '--environment', [CompletionResultType]::ParameterName, 'Look only in this environment')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;scan' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--staged', '--staged', [CompletionResultType]::ParameterName, 'Search what the next commit adds or changes, for a pre-commit hook')
            [CompletionResult]::new('--env-files', '--env-files', [CompletionResultType]::ParameterName, 'Search .env files even though git ignores them')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Don''t ask the service which keys are live')
            [CompletionResult]::new('--sarif', '--sarif', [CompletionResultType]::ParameterName, 'Print SARIF 2.1.0, for GitHub code scanning and others')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;check' {
            [CompletionResult]::new('--fail-on', '--fail-on', [CompletionResultType]::ParameterName, 'Exit with 3 on findings that are at least this bad')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--no-files', '--no-files', [CompletionResultType]::ParameterName, 'Check only the project''s keys, and no files')
            [CompletionResult]::new('--offline', '--offline', [CompletionResultType]::ParameterName, 'Check only what needs no service')
            [CompletionResult]::new('--usage', '--usage', [CompletionResultType]::ParameterName, 'Read the usage logs too, to find unused keys')
            [CompletionResult]::new('--sarif', '--sarif', [CompletionResultType]::ParameterName, 'Print SARIF 2.1.0, for GitHub code scanning and others')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;keys;help' {
            [CompletionResult]::new('create', 'create', [CompletionResultType]::ParameterValue, 'Create a key where it is used')
            [CompletionResult]::new('list', 'list', [CompletionResultType]::ParameterValue, 'List the live keys')
            [CompletionResult]::new('show', 'show', [CompletionResultType]::ParameterValue, 'Show one live key')
            [CompletionResult]::new('rotate', 'rotate', [CompletionResultType]::ParameterValue, 'Replace a live key with a new one, without an outage')
            [CompletionResult]::new('revoke', 'revoke', [CompletionResultType]::ParameterValue, 'Revoke live keys for good')
            [CompletionResult]::new('domains', 'domains', [CompletionResultType]::ParameterValue, 'Check, list and change the domains of a key')
            [CompletionResult]::new('verify', 'verify', [CompletionResultType]::ParameterValue, 'Find out whether a key is live, whose it is, and where it works')
            [CompletionResult]::new('scan', 'scan', [CompletionResultType]::ParameterValue, 'Find keys in files, in git''s index, or in standard input')
            [CompletionResult]::new('check', 'check', [CompletionResultType]::ParameterValue, 'Check keys and files against a policy')
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
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox on this machine until Ctrl-C')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the sandbox''s address and its owner')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Delete all keys, sessions and logs of the sandbox; accounts and projects stay')
            [CompletionResult]::new('help', 'help', [CompletionResultType]::ParameterValue, 'Print this message or the help of the given subcommand(s)')
            break
        }
        'cencori;sandbox;serve' {
            [CompletionResult]::new('--listen', '--listen', [CompletionResultType]::ParameterName, 'The address to listen on, on this machine only; port 0 takes any free port')
            [CompletionResult]::new('--gateway-cache', '--gateway-cache', [CompletionResultType]::ParameterName, 'How long each of the gateway''s two caches keeps a key')
            [CompletionResult]::new('--access-token-lifetime', '--access-token-lifetime', [CompletionResultType]::ParameterName, 'How long an access token is valid; a session is renewed when less than 90 seconds are left')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;sandbox;status' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;sandbox;reset' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;sandbox;help' {
            [CompletionResult]::new('serve', 'serve', [CompletionResultType]::ParameterValue, 'Serve the sandbox on this machine until Ctrl-C')
            [CompletionResult]::new('status', 'status', [CompletionResultType]::ParameterValue, 'Show the sandbox''s address and its owner')
            [CompletionResult]::new('reset', 'reset', [CompletionResultType]::ParameterValue, 'Delete all keys, sessions and logs of the sandbox; accounts and projects stay')
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
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--follow-links', '--follow-links', [CompletionResultType]::ParameterName, 'Write to another user''s file, or through a link out of the project, without asking')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;run' {
            [CompletionResult]::new('--env-file', '--env-file', [CompletionResultType]::ParameterName, 'Set the variables of this file; repeatable, a later file overrides an earlier one. Values are taken literally, without their quotes: escapes and $ have no meaning')
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--override', '--override', [CompletionResultType]::ParameterName, 'Also set variables that are already set')
            [CompletionResult]::new('--list', '--list', [CompletionResultType]::ParameterName, 'Run nothing: list what would be set and from where, without reading the keychain')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;completions' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;man' {
            [CompletionResult]::new('--project', '--project', [CompletionResultType]::ParameterName, 'The project: its UUID, or FILE:VARIABLE with a live key of it')
            [CompletionResult]::new('--profile', '--profile', [CompletionResultType]::ParameterName, 'The profile in config.toml to use, with its own service and session')
            [CompletionResult]::new('--color', '--color', [CompletionResultType]::ParameterName, 'When to use colours')
            [CompletionResult]::new('--timeout', '--timeout', [CompletionResultType]::ParameterName, 'The longest time that one call to the service may take, such as `30s` or `2m`')
            [CompletionResult]::new('--sandbox', '--sandbox', [CompletionResultType]::ParameterName, 'Use the embedded sandbox, as its owner, instead of the service')
            [CompletionResult]::new('--json', '--json', [CompletionResultType]::ParameterName, 'Print one JSON document instead of text')
            [CompletionResult]::new('-q', '-q', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('--quiet', '--quiet', [CompletionResultType]::ParameterName, 'Print only errors and warnings')
            [CompletionResult]::new('-v', '-v', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--verbose', '--verbose', [CompletionResultType]::ParameterName, 'Show every request')
            [CompletionResult]::new('--no-input', '--no-input', [CompletionResultType]::ParameterName, 'Never ask: fail, and name the flag that answers')
            [CompletionResult]::new('-h', '-h', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            [CompletionResult]::new('--help', '--help', [CompletionResultType]::ParameterName, 'Print help (see more with ''--help'')')
            break
        }
        'cencori;help' {
            [CompletionResult]::new('auth', 'auth', [CompletionResultType]::ParameterValue, 'Sign in, sign out, and show who is signed in')
            [CompletionResult]::new('keys', 'keys', [CompletionResultType]::ParameterValue, 'Create, list, rotate, revoke and check keys, and find leaked ones')
            [CompletionResult]::new('sandbox', 'sandbox', [CompletionResultType]::ParameterValue, 'Run a local stand-in for the service')
            [CompletionResult]::new('link', 'link', [CompletionResultType]::ParameterValue, 'Link this folder to a project')
            [CompletionResult]::new('run', 'run', [CompletionResultType]::ParameterValue, 'Run a command with keys from the keychain in its environment')
            [CompletionResult]::new('completions', 'completions', [CompletionResultType]::ParameterValue, 'Print a completion script for a shell')
            [CompletionResult]::new('man', 'man', [CompletionResultType]::ParameterValue, 'Write the manual pages to a folder')
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
