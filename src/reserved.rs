//! Variables that a key from the keychain never goes into: programs that the
//! command starts read them as instructions, and show, log or send what is in
//! them. `cencori.toml` names the variables, and it can come from somebody else.
//!
//! Programs that read a variable as an instruction are too many to be listed. So the rule
//! is the other way round: a name must say itself that it holds a key (`KEY_WORDS`).
//! The table has what says so and is an instruction all the same.

use crate::dotenv::VariableName;

/// Variables that are refused for one reason.
struct Group {
    /// Who reads them, and what for: a clause about the variable, `it`.
    reason: &'static str,
    /// Whole names, or with `*` at one end any beginning or any ending.
    names: &'static [&'static str],
}

/// The reviewed table. Names are compared in any case: npm reads `npm_config_*` in any
/// case, and Windows does not tell case apart at all.
const GROUPS: [Group; 5] = [
    Group {
        // ssh_config(5): `SendEnv LANG LC_*` in what Debian, Fedora and macOS ship.
        reason: "ssh sends it to every server, as a setting of the language",
        names: &["LC_*"],
    },
    Group {
        // git-config(1), GIT_CONFIG_COUNT: an error repeats it.
        reason: "git reads it as the name of a setting",
        names: &["GIT_CONFIG_KEY_*"],
    },
    Group {
        // They send it while they install, to an address that a file of the project names:
        // .cargo/config.toml, .yarnrc.yml, .npmrc, bunfig.toml, .corepack.env, Gemfile
        // (BUNDLE_KEY__EXAMPLE__COM is for key.example.com), pyproject.toml, *.tf
        // (TF_TOKEN_example_com), ansible.cfg, sonar-project.properties, .sentryclirc,
        // nx.json, turbo.json, Pulumi.yaml, codecov.yml, .coveralls.yml, .lighthouserc,
        // settings.gradle; git's remotes name the servers of GitHub, GitLab and Gitea.
        reason: "a program sends it to the server that a file of the project names",
        names: &[
            "CARGO_REGISTRY_*",
            "CARGO_REGISTRIES_*",
            "YARN_NPM_AUTH_TOKEN",
            "NPM_CONFIG_*",
            "PNPM_CONFIG_*",
            "NPM_TOKEN",
            "NODE_AUTH_TOKEN",
            "BUN_CONFIG_TOKEN",
            "COREPACK_NPM_TOKEN",
            "BUNDLE_*",
            "POETRY_PYPI_TOKEN_*",
            "UV_PUBLISH_TOKEN",
            "TF_TOKEN_*",
            "ANSIBLE_GALAXY_*",
            "SONAR_TOKEN",
            "SENTRY_AUTH_TOKEN",
            "GEM_HOST_API_KEY",
            "NX_CLOUD_ACCESS_TOKEN",
            "TURBO_TOKEN",
            "PULUMI_ACCESS_TOKEN",
            "CODECOV_TOKEN",
            "COVERALLS_REPO_TOKEN",
            "LHCI_TOKEN",
            "LHCI_BUILD_TOKEN",
            "GITHUB_TOKEN",
            "GITLAB_TOKEN",
            "GITEA_TOKEN",
            "WANDB_API_KEY",
            "ORG_GRADLE_PROJECT_*",
            "RCLONE_CONFIG_*",
        ],
    },
    Group { reason: "it is a setting of this tool", names: &["CENCORI_ACCESS_TOKEN"] },
    Group {
        reason: "by its name it holds an address, a path, a command or options, and no key",
        names: &[
            "*_PROXY",
            "*_CA_BUNDLE",
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

/// One of these is a word of every name that a key goes into: `CENCORI_API_KEY`.
const KEY_WORDS: [&str; 4] = ["APIKEY", "KEY", "SECRET", "TOKEN"];

/// Why no key from the keychain goes into `name`: a clause about the variable, `it`.
/// `None` if nothing speaks against it.
pub fn reason(name: &VariableName) -> Option<&'static str> {
    let name = name.as_str().to_ascii_uppercase();
    let group = GROUPS.iter().find(|group| group.names.iter().any(|form| fits(&name, form)));
    let says_key = name.split('_').any(|word| KEY_WORDS.contains(&word));
    if !says_key {
        return Some(
            "programs may read it as an instruction; a name for a key has the word KEY, TOKEN or SECRET",
        );
    }
    group.map(|group| group.reason)
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
                     GOOGLE_APPLICATION_CREDENTIALS HOST HOSTNAME LESSKEYIN KEYLOG MONKEY LESSKEY \
                     LC_API_KEY GIT_CONFIG_KEY_0 CARGO_REGISTRIES_EVIL_TOKEN CARGO_REGISTRY_TOKEN \
                     YARN_NPM_AUTH_TOKEN NPM_CONFIG_TOKEN NPM_CONFIG_KEY BUN_CONFIG_TOKEN \
                     COREPACK_NPM_TOKEN BUNDLE_KEY__EVIL__EXAMPLE POETRY_PYPI_TOKEN_EVIL TF_TOKEN_evil_example \
                     ANSIBLE_GALAXY_SERVER_EVIL_TOKEN CENCORI_ACCESS_TOKEN KEY_URL API_KEY_PATH TOKEN_ENDPOINT \
                     AWS_WEB_IDENTITY_TOKEN_FILE KEY_PROXY SECRET_CA_BUNDLE TOKEN_HOST GEM_HOST_API_KEY \
                     NX_CLOUD_ACCESS_TOKEN TURBO_TOKEN PULUMI_ACCESS_TOKEN CODECOV_TOKEN COVERALLS_REPO_TOKEN \
                     LHCI_TOKEN LHCI_BUILD_TOKEN GITHUB_TOKEN GITLAB_TOKEN GITEA_TOKEN WANDB_API_KEY \
                     NODE_AUTH_TOKEN NPM_TOKEN pnpm_config_token npm_config_token ORG_GRADLE_PROJECT_key \
                     RCLONE_CONFIG_EVIL_TOKEN";
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
                     BUN_PUBLIC_CENCORI_PUBLISHABLE_KEY GIT_TOKEN NODE_CENCORI_KEY DOCKER_TOKEN \
                     PYTHON_API_KEY RUST_API_KEY KUBE_TOKEN SSH_KEY AWS_SECRET_KEY YARN_KEY UV_API_KEY \
                     XDG_API_KEY BASH_API_KEY MYSQL_KEY ANTHROPIC_API_KEY";
        for name in names.split_whitespace() {
            assert!(!is_refused(name), "{name}");
        }
    }
}
