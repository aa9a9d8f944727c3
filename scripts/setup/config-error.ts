/** A configuration file that can't be changed safely: it is left unchanged. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}
