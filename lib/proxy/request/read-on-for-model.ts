import type { Provider } from "../../providers/types";
import { findBodyField } from "./body-field";
import { bodyForms, isRaw } from "./body-form";
import { FILE_PATH } from "./limited-token";
import { type RequestBody, readFurther } from "./request-body";

/**
 * Reads further in a body long enough to be streamed, if its beginning doesn't name the model: SDKs write the input
 * first (openai-python's chat, anthropic-python's messages, forms with a file).
 * @param provider Undefined for `/api/compat`.
 * @param callerId The access token's id.
 */
export async function readOnForModel(
  body: RequestBody,
  { headers }: Request,
  provider: Provider | undefined,
  path: string,
  callerId: string,
): Promise<RequestBody> {
  if (body.kind !== "streamed") return body;
  const fields = provider === undefined ? ["model"] : (provider.model.body ?? []);
  const isElsewhere = provider?.model.path?.test(path) === true || FILE_PATH.test(path);
  if (isElsewhere || isRaw(bodyForms(body.head, headers.get("content-type") ?? ""))) return body;
  if (fields.some((field) => findBodyField(body, headers, field) !== null)) return body;
  return fields.length === 0 ? body : readFurther(body, callerId);
}
