/**
 * The vocabulary of error rules: small predicates over the facts of a response.
 *
 * None of them matches a body that isn't JSON: an HTML or text page was written by a proxy on the way, not by the
 * service that knows the key.
 * @module
 */
import type { ErrorFacts } from "../types";

export type Matcher = (facts: ErrorFacts) => boolean;

/** The message matches. Keep patterns for statuses that echo the request (400, 404) anchored at the start. */
export function says(pattern: RegExp): Matcher {
  return (facts) => facts.isJson && pattern.test(facts.message);
}

/** Code, type, status word or one of the reasons is one of these words, case-insensitively. */
export function coded(...words: readonly string[]): Matcher {
  const wanted = new Set(words.map((word) => word.toLowerCase()));
  return (facts) => codesOf(facts).some((code) => wanted.has(code.toLowerCase()));
}

/** Code, type, status word or one of the reasons matches. */
export function codeLike(pattern: RegExp): Matcher {
  return (facts) => codesOf(facts).some((code) => pattern.test(code));
}

export function anyOf(...matchers: readonly Matcher[]): Matcher {
  return (facts) => matchers.some((matches) => matches(facts));
}

export function allOf(...matchers: readonly Matcher[]): Matcher {
  return (facts) => matchers.every((matches) => matches(facts));
}

export function withStatus(...statuses: readonly number[]): Matcher {
  return (facts) => facts.isJson && statuses.includes(facts.status);
}

function codesOf(facts: ErrorFacts): readonly string[] {
  return facts.isJson ? [facts.code, facts.type, facts.statusWord, ...facts.reasons] : [];
}
