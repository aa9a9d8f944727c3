import { ProxyError } from "../proxy-error";

/** The longest names (Bedrock's ARNs, Vertex AI's endpoints) have some 200. */
export const MAX_MODEL_CHARS = 256;

/** Stars by themselves would mean every model, in lists and where keys rest. */
const NO_NAME = /^\*+$/;

/**
 * A model's name as a request gives it; null where it gives none.
 * @throws {ProxyError} `model_required` where it is no name of a model.
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
