import type { AnswerEvent } from "../../http/split-events";
import type { Provider, Verdict } from "../types";
import { judgeError } from "./judge-answer";

/**
 * Statuses of Bedrock's exceptions, which have none in a stream. Source: docs.aws.amazon.com/bedrock,
 * API_runtime_ResponseStream.
 */
const AWS_STATUS: Readonly<Record<string, number>> = {
  internalserverexception: 500,
  modelerrorexception: 424,
  modelstreamerrorexception: 424,
  modeltimeoutexception: 408,
  serviceunavailableexception: 503,
  throttlingexception: 429,
  validationexception: 400,
};

/** The verdict on an event that reports a failed response (see `answer-event.ts`). */
export function judgeEvent(provider: Provider, event: AnswerEvent, nowMs: number): Verdict {
  const { data: text, exception } = event;
  if (exception === null) {
    return judgeError({ provider, status: 200, headers: new Headers(), text, nowMs });
  }
  // As in Bedrock's own errors before a stream.
  const name = exception.charAt(0).toUpperCase() + exception.slice(1);
  const status = AWS_STATUS[exception.toLowerCase()] ?? 500;
  const headers = new Headers({ "x-amzn-errortype": name });
  return judgeError({ provider, status, headers, text, nowMs });
}
