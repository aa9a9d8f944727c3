import { ProxyError } from "../proxy-error";

/** The longest names (Bedrock's ARNs, Vertex AI's endpoints) have about 200 characters. */
export const MAX_MODEL_CHARS = 256;

/** Asterisks alone would mean every model, in lists and in cooldowns. */
const NO_NAME = /^\*+$/;

/**
 * The model's name in a request; null if there is none.
 * @throws {ProxyError} `model_required` if it can't be a model's name.
 */
export function modelName(name: string | null): string | null {
  if (name === null || name === "") return null;
  if (name.length > MAX_MODEL_CHARS || NO_NAME.test(name) || hasControl(name)) {
    throw new ProxyError(
      "model_required",
      `${JSON.stringify(name.slice(0, 64))} is no name of a model: it may have ${MAX_MODEL_CHARS} characters, none of them a control character, and not be a star.`,
    );
  }
  return name;
}

function hasControl(name: string): boolean {
  for (let index = 0; index < name.length; index += 1) {
    const code = name.charCodeAt(index);
    if (code < 0x20 || code === 0x7f) return true;
  }
  return false;
}
