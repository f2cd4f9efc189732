//! Variables that a key from the keychain never goes into: programs that the
//! command starts read them as instructions, and show, log or send what is in
//! them. `cencori.toml` names the variables, and it can come from somebody else.
//!
//! The table was collected from `unsecvars.h` of glibc, the variables that sudo
//! removes (`plugins/sudoers/env.c`), and the manuals of the programs it names.
//! No list of names is ever complete. So the last group refuses by ending, and a name
//! must say itself that it holds a key ([`KEY_WORDS`]).

use crate::dotenv::VariableName;

/// Variables that are refused for one reason.
struct Group {
    /// Who reads them, and what for: a clause about the variable, `it`.
    reason: &'static str,
    /// Whole names, or with `*` at one end any beginning or any ending.
    names: &'static [&'static str],
}

/// The reviewed table. Names are compared in any case: curl reads `http_proxy`, npm
/// `npm_config_*` in any case, and Windows does not tell case apart at all.
const GROUPS: [Group; 18] = [
    Group {
        reason: "program loaders read it, and load or print what it names",
        names: &[
            "LD_*",
            "_RLD*",
            "LDR_*",
            "LIBPATH",
            "SHLIB_PATH",
            "DYLD_*",
            "GLIBC_TUNABLES",
            "GCONV_PATH",
            "GETCONF_DIR",
        ],
    },
    Group {
        reason: "memory allocators read it, and open or print what it names",
        names: &["MALLOC_*", "JE_MALLOC_*", "MIMALLOC_*", "TCMALLOC_*", "HEAPPROFILE"],
    },
    Group {
        reason: "the C library reads it, and opens the files that it names",
        names: &[
            "LOCPATH",
            "NLSPATH",
            "PATH_LOCALE",
            "LANG",
            "LANGUAGE",
            "LC_*",
            "TZ",
            "TZDIR",
            "POSIXLY_CORRECT",
            "TERM",
            "TERMINFO*",
            "TERMCAP",
            "TERMPATH",
        ],
    },
    Group {
        reason: "it is read when a host is looked up, and its value goes over the network",
        names: &["RES_OPTIONS", "HOSTALIASES", "LOCALDOMAIN", "RESOLV_*", "NIS_PATH", "GODEBUG"],
    },
    Group {
        reason: "it names a proxy, and its value goes over the network as the name of a host",
        names: &["*_PROXY"],
    },
    Group {
        reason: "TLS and Kerberos libraries read it, and open the files that it names",
        names: &[
            "SSL_*",
            "OPENSSL_*",
            "SSLKEYLOGFILE",
            "*_CA_BUNDLE",
            "CURL_*",
            "KRB5*",
            "GNUTLS_*",
        ],
    },
    Group {
        reason: "it says where programs and files are found",
        names: &[
            "PATH",
            "PATHEXT",
            "CDPATH",
            "FPATH",
            "MANPATH",
            "HOME",
            "USERPROFILE",
            "HOMEDRIVE",
            "HOMEPATH",
            "APPDATA",
            "LOCALAPPDATA",
            "PROGRAMFILES*",
            "PROGRAMDATA",
            "SYSTEMROOT",
            "WINDIR",
            "COMSPEC",
            "TMPDIR",
            "TMP",
            "TEMP",
            "TEMPDIR",
            "PWD",
            "OLDPWD",
            "XDG_*",
            "USER",
            "USERNAME",
            "LOGNAME",
        ],
    },
    Group {
        reason: "shells read it, and run or print what is in it",
        names: &[
            "IFS",
            "ENV",
            "BASH*",
            "SHELL",
            "SHELLOPTS",
            "PROMPT_COMMAND",
            "PS0",
            "PS1",
            "PS2",
            "PS3",
            "PS4",
            "PROMPT",
            "RPROMPT",
            "GLOBIGNORE",
            "HISTFILE",
            "MAIL",
            "MAILPATH",
            "MAILCHECK",
            "INPUTRC",
            "FCEDIT",
            "NULLCMD",
            "READNULLCMD",
            "ZDOTDIR",
            "PSMODULEPATH",
        ],
    },
    Group {
        reason: "other programs start the program that it names",
        names: &[
            "EDITOR",
            "VISUAL",
            "PAGER",
            "BROWSER",
            "LESS",
            "LESSOPEN",
            "LESSCLOSE",
            "LESSKEY*",
            "LESSHISTFILE",
            "MORE",
            "MANPAGER",
            "SSH_*",
            "SUDO_*",
            "SYSTEMD_*",
            "CC",
            "CXX",
            "CPP",
            "LD",
            "AR",
            "MAKE",
        ],
    },
    Group { reason: "git reads it, and runs or connects to what it names", names: &["GIT_*"] },
    Group {
        reason: "Python and its tools read it, and load or print what it names",
        names: &["PYTHON*", "PIP_*", "UV_*", "VIRTUAL_ENV", "CONDA_*", "POETRY_*"],
    },
    Group {
        reason: "JavaScript runtimes and package managers read it as settings",
        names: &[
            "NODE_*",
            "NPM_CONFIG_*",
            "YARN_*",
            "PNPM_*",
            "BUN_CONFIG_*",
            "BUN_INSTALL*",
            "DENO_*",
            "COREPACK_*",
            "ELECTRON_*",
        ],
    },
    Group {
        reason: "interpreters of Ruby, Perl, PHP, Lua and others read it, and load what it names",
        names: &[
            "RUBY*",
            "GEM_*",
            "BUNDLE_*",
            "PERL*",
            "PHPRC",
            "PHP_INI_*",
            "COMPOSER*",
            "LUA_*",
            "TCLLIBPATH",
            "R_LIBS*",
            "R_PROFILE*",
            "R_ENVIRON*",
            "JULIA_*",
        ],
    },
    Group {
        reason: "Java and .NET read it as options, and print it",
        names: &[
            "JAVA_OPTS*",
            "JAVA_TOOL_*",
            "JDK_*",
            "CLASSPATH",
            "MAVEN_*",
            "GRADLE_*",
            "ANT_*",
            "SBT_*",
            "DOTNET_*",
            "COMPLUS_*",
            "CORECLR_*",
            "COR_*",
            "NUGET_*",
            "MSBUILD*",
        ],
    },
    Group {
        reason: "compilers and build tools read it, and run or print what it names",
        names: &[
            "CARGO*",
            "RUST*",
            "GOBIN",
            "GOCACHE",
            "GOENV",
            "GOFLAGS",
            "GOINSECURE",
            "GONOPROXY",
            "GONOSUMDB",
            "GOPATH",
            "GOPRIVATE",
            "GOPROXY",
            "GOROOT",
            "GOSUMDB",
            "GOTOOLCHAIN",
            "GOVCS",
            "CGO_*",
            "MAKEFLAGS",
            "MFLAGS",
            "CFLAGS",
            "CXXFLAGS",
            "CPPFLAGS",
            "LDFLAGS",
            "CMAKE_*",
            "PKG_CONFIG*",
            "CPATH",
            "LIBRARY_PATH",
            "GTK_*",
            "QT_*",
            "GIO_*",
            "GST_*",
        ],
    },
    Group {
        reason: "it says which server, bus or display programs connect to",
        names: &[
            "DISPLAY",
            "WAYLAND_*",
            "XAUTHORITY",
            "DBUS_*",
            "DOCKER_*",
            "KUBE*",
            "HELM_*",
            "TERRAFORM_CONFIG",
            "TF_CLI_*",
            "TF_LOG*",
            "TF_PLUGIN_*",
            "TF_REATTACH_PROVIDERS",
            "ANSIBLE_*",
            "PGHOST*",
            "PGSERVICE*",
            "PGSSL*",
            "PGOPTIONS",
            "PGPASSFILE",
            "PGUSER",
            "PGDATABASE",
            "MYSQL_*",
            "AWS_*",
            "NOTIFY_SOCKET",
            "LISTEN_*",
        ],
    },
    Group {
        reason: "it is a setting of this tool",
        names: &[
            "CENCORI_ACCESS_TOKEN",
            "CENCORI_EMAIL",
            "CENCORI_PASSWORD",
            "CENCORI_PROJECT",
            "CENCORI_PROFILE",
            "CENCORI_COMPLETE",
        ],
    },
    Group {
        reason: "by its name it holds an address, a path, a command or options, and no key",
        names: &[
            "*_URL",
            "*_URI",
            "*_DSN",
            "*_HOST",
            "*_HOSTNAME",
            "*_HOSTS",
            "*_SERVER",
            "*_SERVERS",
            "*_ENDPOINT",
            "*_ADDR",
            "*_ADDRESS",
            "*_DOMAIN",
            "*_PATH",
            "*_DIR",
            "*_DIRECTORY",
            "*_FOLDER",
            "*_FILE",
            "*_HOME",
            "*_ROOT",
            "*_OPT",
            "*_OPTS",
            "*_OPTIONS",
            "*_ARGS",
            "*_FLAGS",
            "*_COMMAND",
            "*_CMD",
            "*_EXEC",
            "*_PRELOAD",
            "*_PAGER",
            "*_EDITOR",
            "*_ASKPASS",
        ],
    },
];

/// One of these is a word of every name that a key goes into: `CENCORI_API_KEY`. Programs
/// that read other names as instructions are too many to be listed (`WGETRC`,
/// `PYTEST_ADDOPTS`, `DJANGO_SETTINGS_MODULE`).
const KEY_WORDS: [&str; 4] = ["APIKEY", "KEY", "SECRET", "TOKEN"];

/// Why no key from the keychain goes into `name`: a clause about the variable, `it`.
/// `None` if nothing speaks against it.
pub fn reason(name: &VariableName) -> Option<&'static str> {
    let name = name.as_str().to_ascii_uppercase();
    let group = GROUPS.iter().find(|group| group.names.iter().any(|form| fits(&name, form)));
    let says_key = || name.split('_').any(|word| KEY_WORDS.contains(&word));
    match group {
        Some(group) => Some(group.reason),
        None if says_key() => None,
        None => Some(
            "programs may read it as an instruction; a name for a key has the word KEY, TOKEN or SECRET",
        ),
    }
}

fn fits(name: &str, form: &str) -> bool {
    match (form.strip_prefix('*'), form.strip_suffix('*')) {
        (Some(ending), _) => name.ends_with(ending),
        (_, Some(beginning)) => name.starts_with(beginning),
        _ => name == form,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_refused(name: &str) -> bool {
        reason(&name.parse().unwrap()).is_some()
    }

    #[test]
    fn what_programs_read_as_instructions_is_refused_in_any_case() {
        let names = "LD_PRELOAD LD_AUDIT LD_LIBRARY_PATH DYLD_INSERT_LIBRARIES http_proxy HTTPS_PROXY \
                     all_proxy no_proxy PATH Path IFS BASH_ENV ENV PROMPT_COMMAND PS4 PYTHONPATH \
                     PYTHONSTARTUP PYTHONWARNINGS NODE_OPTIONS node_extra_ca_certs RUBYOPT RUBYLIB PERL5OPT \
                     PERL5LIB PERLLIB JAVA_TOOL_OPTIONS _JAVA_OPTIONS JDK_JAVA_OPTIONS GIT_SSH_COMMAND \
                     GIT_CONFIG_COUNT GIT_TRACE SSL_CERT_FILE SSL_CERT_DIR SSLKEYLOGFILE REQUESTS_CA_BUNDLE \
                     RES_OPTIONS HOSTALIASES LOCALDOMAIN RESOLV_HOST_CONF GCONV_PATH NLSPATH TERMINFO \
                     TERMINFO_DIRS MALLOC_CHECK_ MALLOC_TRACE GLIBC_TUNABLES TZ HOME TMPDIR EDITOR BROWSER \
                     SSH_ASKPASS npm_config_registry RUSTC_WRAPPER CARGO_HOME GOFLAGS GOPROXY GODEBUG CC \
                     MAKEFLAGS DOCKER_HOST KUBECONFIG PGHOST PGSERVICE AWS_ENDPOINT_URL OPENAI_BASE_URL \
                     DATABASE_URL CENCORI_DASHBOARD_URL CENCORI_GATEWAY_URL CENCORI_STATE_DIR \
                     CENCORI_CONFIG_DIR CENCORI_PASSWORD COMSPEC DOTNET_STARTUP_HOOKS COR_PROFILER_PATH WGETRC \
                     UNZIP ZIPOPT GZIP PS_FORMAT DJANGO_SETTINGS_MODULE PYTEST_ADDOPTS VIMINIT RSYNC_RSH \
                     GOOGLE_APPLICATION_CREDENTIALS HOST HOSTNAME LESSKEYIN KEYLOG MONKEY";
        for name in names.split_whitespace() {
            assert!(is_refused(name) && is_refused(&name.to_lowercase()), "{name}");
        }
    }

    #[test]
    fn names_of_keys_are_not() {
        let names = "CENCORI_API_KEY CENCORI_TEST_API_KEY NEXT_PUBLIC_CENCORI_KEY \
                     NEXT_PUBLIC_CENCORI_PUBLISHABLE_KEY VITE_CENCORI_PUBLISHABLE_KEY OPENAI_API_KEY KEY \
                     API_KEY API_TOKEN CENCORI_SECRET AI_GATEWAY_KEY GATEWAY_TOKEN MY_KEY GEMINI_KEY \
                     ROUTER_KEY LLM_KEY GOOGLE_API_KEY TF_VAR_cencori_api_key \
                     BUN_PUBLIC_CENCORI_PUBLISHABLE_KEY";
        for name in names.split_whitespace() {
            assert!(!is_refused(name), "{name}");
        }
    }
}
