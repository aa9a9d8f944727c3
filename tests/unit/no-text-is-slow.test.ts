/** Text from outside takes time in proportion to its length, whatever it contains. */
import { describe, expect, test } from "vitest";
import { redact } from "../../lib/crypto/redact.ts";
import { eventSplitter } from "../../lib/http/split-events.ts";
import { modelMatches } from "../../lib/models/model-matches.ts";
import { judgeAnswer } from "../../lib/providers/answers/judge-answer.ts";
import { findProvider, providers } from "../../lib/providers/registry.ts";
import { carriesToken } from "../../lib/proxy/request/carries-token.ts";
import { findFormField, multipartBoundary } from "../../lib/proxy/request/find-form-field.ts";
import { findJsonField } from "../../lib/proxy/request/find-json-field.ts";
import { withoutNeedlessEscapes } from "../../lib/proxy/request/path-readings.ts";
import { requestedModels } from "../../lib/proxy/request/requested-models.ts";
import { idsInJson } from "../../lib/proxy/request/stored-ids.ts";
import { outgoingHeaders, outgoingQuery } from "../../lib/proxy/route/outgoing-headers.ts";
import { growth, LINEAR } from "../growth.ts";

const repeated = (part: string) => (size: number) =>
  part.repeat(Math.ceil(size / part.length)).slice(0, size);

/** Pieces that slow down readers of credentials, JSON and messages when they come by the thousand. */
const PARTS = [
  ..."a a- - = : \" ' \\ { [ , . / * + % < > & ‹ … \n \t key= key token bearer sk- api_key:".split(
    " ",
  ),
  ...[" ", "\r\n", '\\"', '{"a":', '"key": ', "<p>", "data: ", "\u00a0"],
];

describe("redact", () => {
  test.each(PARTS)("%j by the thousand", (part) => {
    expect(growth(repeated(part), (text) => redact(text, ["sk-a-known-key"]), 600)).toBeLessThan(
      LINEAR,
    );
  });
});

describe("ids of stored things", () => {
  const PARTS_OF_BODIES = [
    ...[
      "a",
      'a"',
      '"a',
      '"id"',
      ' {"id":"',
      '{"id":"msg_a",',
      "files/",
      'files/"',
      "item_reference",
    ],
    ...['"file_id":"', '"file-abc1",', '"/file-abc1"', "\\u0066", '"run_command",'],
  ];

  test.each(PARTS_OF_BODIES)("%j by the thousand", (part) => {
    expect(growth(repeated(part), (text) => idsInJson(`["${text}"]`), 600)).toBeLessThan(LINEAR);
  });
});

describe("judging an answer", () => {
  const PARTS_OF_ERRORS = [
    ...'limit <script <style <p account retry { [ , ‹ < > " \\ . 9 security'.split(" "),
    ...[
      '"message":"',
      '{"message":',
      '"reason":"',
      "a,",
      "data: {\n",
      "security token ",
      "\n",
      " ",
    ],
  ];
  const judgeAll = (text: string) => {
    for (const provider of providers) {
      judgeAnswer({ provider, status: 403, headers: new Headers(), text, nowMs: 1 });
    }
  };

  test.each(PARTS_OF_ERRORS)("%j by the thousand", (part) => {
    const message = (size: number) => JSON.stringify({ error: { message: repeated(part)(size) } });
    // Smaller than where texts are truncated, which alone would limit quadratic growth.
    expect(growth(repeated(part), judgeAll, 500)).toBeLessThan(LINEAR);
    expect(growth(message, judgeAll, 500)).toBeLessThan(LINEAR);
  });
});

describe("a request's parts", () => {
  const openai = findProvider("openai");
  if (openai === undefined) throw new Error("openai is built in");
  const bytes = (text: string) => new TextEncoder().encode(text);
  const asked = (path: string, search: string, type: string, body: string) =>
    requestedModels({
      provider: openai,
      path,
      search,
      headers: new Headers({ "content-type": type }),
      body: bytes(body),
      isSocket: false,
      prefix: "",
    });
  const headers = (text: string) => new Headers({ "x-a": text, "accept-encoding": text });

  const READERS: Readonly<Record<string, (text: string) => unknown>> = {
    "a body of JSON": (text) => asked("chat/completions", "", "application/json", text),
    "a text in JSON": (text) => findJsonField(bytes(`{"a":"${text}","model":"m"}`), "model"),
    "a model's name": (text) => asked("x", "", "application/json", `{"model":"${text}"}`),
    "a form": (text) => asked("x", "", "multipart/form-data; boundary=B", text),
    "a form of dashes": (text) =>
      findFormField(bytes(`${text}--`), "-".repeat(70), "model") ??
      asked("x", "", `multipart/form-data; boundary=${"-".repeat(70)}`, text),
    "a field of a form": (text) => findFormField(bytes(`--B\r\n${text}\r\n--B--`), "B", "model"),
    pairs: (text) => asked("x", "", "application/x-www-form-urlencoded", text),
    "a content type": (text) => {
      const type = `multipart/form-data; boundary${text}`.replaceAll(/[^ -~]/g, "");
      return [multipartBoundary(type), asked("x", "", type, "x")];
    },
    "a charset": (text) => asked("x", "", `a/b; charset${text.replaceAll(/[^ -~]/g, "")}`, "x"),
    "a path": (text) => asked(withoutNeedlessEscapes(text), "", "", ""),
    "a query": (text) => [
      asked("x", `?${text}`, "", ""),
      outgoingQuery(`?${text}`, "ob-0123456789abcdef"),
    ],
    "a header": (text) =>
      outgoingHeaders(headers(text.replaceAll(/[^ -~]/g, "").slice(0, 30_000)), "direct", "k1"),
    "what may carry a token": (text) => carriesToken(text, "k1"),
  };
  const PARTS_OF_REQUESTS = [
    ...'a - " \\ { [ , : % %25 %6d ; = & / models/ k1 boundary= "model":"m", model=m& --B'.split(
      " ",
    ),
    ...[
      " ",
      "\t",
      '\\"',
      '{"a":',
      '"\\u006dodel":',
      "\r\n",
      "--B\r\nA: b\r\n\r\nx\r\n",
      "\r\n--",
      "; name=",
    ],
  ];

  test.each(Object.entries(READERS))("%s of anything by the thousand", (_name, read) => {
    for (const part of PARTS_OF_REQUESTS) {
      expect(growth(repeated(part), read, 600), part).toBeLessThan(LINEAR);
    }
  });
});

describe("a stream of events, in pieces", () => {
  const PIECE = 64;
  const bytes = (text: string) => new TextEncoder().encode(text);
  const read = (begun: string) => (text: Uint8Array) => {
    const splitter = eventSplitter("sse");
    splitter.push(bytes(begun));
    for (let at = 0; at < text.length; at += PIECE) splitter.push(text.subarray(at, at + PIECE));
    return splitter.end();
  };

  test.each(["data: ", ":", "", " ", "{", "event: x\n"])("begun with %j", (begun) => {
    for (const part of ["x", ":", ":\n", " ", " \n", "\r", "\n", "data: x\n", "x\n\n", '"{[']) {
      const input = (size: number) => bytes(repeated(part)(size));
      expect(growth(input, read(begun), 4_000), part).toBeLessThan(LINEAR);
    }
  });
});

describe("modelMatches", () => {
  test.each(["*a*a*a*a*a*x", "a*a*a*a*a*a*b", "*aa*aa*aa*ab", "****************b"])(
    "%s against a name of one letter",
    (glob) => {
      expect(growth(repeated("a"), (name) => modelMatches([glob], name), 2000)).toBeLessThan(
        LINEAR,
      );
    },
  );
});
