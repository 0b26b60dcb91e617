/** Thrown when settings are wrong. Its message is one line a setting: key, value (never a secret's), what was expected. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}
