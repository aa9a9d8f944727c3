import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { BadRequest } from "./request-head.ts";
import { RequestReader } from "./request-reader.ts";

const MARK = "x-mark: 1\r\n";

function reader() {
  const heads: string[] = [];
  const made = new RequestReader(({ method, target }) => {
    heads.push(`${method} ${target}`);
    return Buffer.from(MARK);
  });
  return { made, heads };
}

function readAll(pieces: readonly string[]) {
  const { made, heads } = reader();
  const passed = pieces.flatMap((piece) => made.read(Buffer.from(piece, "latin1")));
  return { heads, passed: Buffer.concat(passed).toString("latin1"), made };
}

const refused = (text: string): string => {
  try {
    readAll([text]);
  } catch (error) {
    if (error instanceof BadRequest) return error.status;
    throw error;
  }
  return "passed";
};

const GET = "GET /a HTTP/1.1\r\nhost: x\r\n\r\n";

describe("requests of one connection", () => {
  /** Bodies full of text that looks like requests. */
  const body = fc.oneof(
    fc.constant(GET),
    fc.constant("\r\n\r\n"),
    fc.string({ unit: fc.constantFrom(..."\r\n0 GET/HTP1.:a"), maxLength: 60 }),
  );
  const hex = (text: string) => text.length.toString(16);
  const request = fc
    .record({ body, kind: fc.constantFrom("none", "length", "chunked", "extended") })
    .map(({ body: text, kind }) => {
      switch (kind) {
        case "none":
          return { head: "GET /none HTTP/1.1\r\nHost: x\r\n", rest: "" };
        case "length":
          return {
            head: "POST /length HTTP/1.1\r\nHost: x\r\n",
            rest: `Content-Length: ${text.length}\r\n\r\n${text}`,
          };
        case "chunked":
          return {
            head: "PUT /chunked HTTP/1.1\r\nHost: x\r\n",
            rest: `transfer-encoding:  Chunked\r\n\r\n${text === "" ? "" : `${hex(text)}\r\n${text}\r\n`}0\r\n\r\n`,
          };
        default:
          return {
            head: "PUT /extended HTTP/1.1\r\nHost: x\r\n",
            rest: `Transfer-Encoding: chunked\r\n\r\n1 ;a="b"\r\n\n\r\n00\r\nx-end: 1\r\n\r\n`,
          };
      }
    });

  test("each head is marked, and nothing else is changed, however the bytes arrive", () => {
    fc.assert(
      fc.property(
        fc.array(request, { minLength: 1, maxLength: 5 }),
        fc.array(fc.integer({ min: 1, max: 400 }), { maxLength: 30 }),
        (requests, cuts) => {
          const ends = requests.map(({ head, rest }) => ({
            head,
            rest: rest === "" ? "\r\n" : rest,
          }));
          let text = ends.map(({ head, rest }) => head + rest).join("");
          const pieces: string[] = [];
          for (const cut of cuts) {
            pieces.push(text.slice(0, cut));
            text = text.slice(cut);
          }
          const { passed, heads } = readAll([...pieces, text]);
          const line = (head: string) => head.indexOf("\r\n") + 2;
          expect(passed).toBe(
            ends
              .map(
                ({ head, rest }) =>
                  head.slice(0, line(head)) + MARK + head.slice(line(head)) + rest,
              )
              .join(""),
          );
          expect(heads).toHaveLength(requests.length);
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("byte by byte, with empty lines before", () => {
    const { passed, heads } = readAll(["\r\n\r\n", ...GET, ...GET]);
    expect(heads).toEqual(["GET /a", "GET /a"]);
    expect(passed.split(MARK)).toHaveLength(3);
  });

  test("of a large body nothing is copied or held", () => {
    const { made } = reader();
    made.read(Buffer.from("POST / HTTP/1.1\r\nhost: x\r\ncontent-length: 1000000\r\n\r\n"));
    const chunk = Buffer.alloc(65_536, "a");
    const [passed] = made.read(chunk);
    expect(passed?.buffer).toBe(chunk.buffer);
  });
});

describe("what two servers might read differently is rejected", () => {
  test.each([
    ["a bare line feed", "GET / HTTP/1.1\nhost: x\r\n\r\n"],
    ["a bare line feed in a field", "GET / HTTP/1.1\r\nhost: x\nx-a: 1\r\n\r\n"],
    ["a bare carriage return", "GET / HTTP/1.1\r\nhost: x\rx-a: 1\r\n\r\n"],
    ["a folded field", "GET / HTTP/1.1\r\nhost: x\r\n x-a: 1\r\n\r\n"],
    ["a space before the colon", "GET / HTTP/1.1\r\nhost : x\r\n\r\n"],
    ["a NUL", "GET / HTTP/1.1\r\nhost: x\r\nx-a: \0\r\n\r\n"],
    [
      "length and coding",
      "POST / HTTP/1.1\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n",
    ],
    ["two lengths", "POST / HTTP/1.1\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\n"],
    ["a length that is none", "POST / HTTP/1.1\r\ncontent-length: +1\r\n\r\n"],
    ["another coding", "POST / HTTP/1.1\r\ntransfer-encoding: gzip, chunked\r\n\r\n"],
    ["a chunk without a size", "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\nx\r\n"],
    [
      "a chunk with a bare line feed",
      "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n1\na\r\n",
    ],
    ["an absolute address", "GET http://x/api/ HTTP/1.1\r\nhost: x\r\n\r\n"],
    ["a path in the host", "GET /api/openai/x HTTP/1.1\r\nhost: x/login?\r\n\r\n"],
    ["two hosts", "GET / HTTP/1.1\r\nhost: x\r\nhost: y\r\n\r\n"],
    ["another protocol", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["no HTTP at all", "\x16\x03\x01\x02\x00\r\n\r\n"],
  ])("%s", (_, text) => {
    expect(refused(text)).toBe("400 Bad Request");
  });

  test("CONNECT, which would open workerd's own protocol", () => {
    expect(refused("CONNECT workerd:1 HTTP/1.1\r\nhost: workerd:1\r\n\r\n")).toBe(
      "405 Method Not Allowed",
    );
  });

  test("heads and lines without end", () => {
    const large = `GET / HTTP/1.1\r\nx-a: ${"a".repeat(130 * 1024)}`;
    expect(refused(large)).toMatch(/^431/);
    expect(refused(`${large}\r\n\r\n`)).toMatch(/^431/);
    const chunked = "POST / HTTP/1.1\r\ntransfer-encoding: chunked\r\n\r\n";
    expect(refused(`${chunked}1;${"a".repeat(5_000)}`)).toMatch(/^431/);
  });

  test("of any bytes, what passes is complete or rejected, never an error of ours", () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(..."GET /:\r\n \0aHTP1.htp"), maxLength: 200 }),
        (text) => {
          refused(text);
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe("a WebSocket is requested", () => {
  const UPGRADE =
    "GET /ws HTTP/1.1\r\nhost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";

  test("switched: all that follows passes as it is", () => {
    const { made, heads } = readAll([UPGRADE]);
    expect(made.awaitsAnswer).toBe(true);
    expect(made.read(Buffer.from(GET))).toEqual([]);
    expect(Buffer.concat(made.answered(true)).toString()).toBe(GET);
    expect(Buffer.concat(made.read(Buffer.from(GET))).toString()).toBe(GET);
    expect(heads).toEqual(["GET /ws"]);
  });

  test("rejected: requests follow", () => {
    const { made, heads } = readAll([UPGRADE]);
    made.read(Buffer.from(GET));
    expect(Buffer.concat(made.answered(false)).toString()).toContain(MARK);
    expect(heads).toEqual(["GET /ws", "GET /a"]);
  });

  test("other upgrades, which workerd does not know, change nothing", () => {
    const h2c = "POST / HTTP/1.1\r\nhost: x\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\nhi";
    expect(readAll([h2c, GET]).heads).toEqual(["POST /", "GET /a"]);
  });
});
