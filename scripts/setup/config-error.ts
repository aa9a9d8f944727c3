/** A configuration file that cannot be changed without harm: it is left as it is. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
