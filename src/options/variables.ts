const VARIABLE = /\$\$\{|\$\{([^}:]*)(?::([^}]*))?\}/g;
const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/;

/**
 * Replaces `${NAME}` and `${NAME:default}` in one scalar, after the YAML was parsed: what a variable holds can never become
 * structure. `$${` stands for `${` itself. An unset variable without a default is a problem, told without its value.
 */
export function substituteVariables(
  text: string,
  environment: NodeJS.ProcessEnv,
): { text: string; problem: string | undefined } {
  let problem: string | undefined;
  const replaced = text.replace(VARIABLE, (match, name: string | undefined, fallback: string | undefined) => {
    if (match === '$${') return '${';
    if (name === undefined || !NAME.test(name)) problem = `${match} does not name an environment variable`;
    const value = name === undefined ? undefined : environment[name];
    if (value === undefined && fallback === undefined)
      problem ??= `environment variable ${name} is not set and ${match} has no default`;
    return value ?? fallback ?? '';
  });
  return { text: replaced, problem };
}
