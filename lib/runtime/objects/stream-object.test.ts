/** The object of long converted streams, as the Worker sees it: there, full, failing, or silent. */
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Env } from "../../env";
import { streamPlace } from "./stream-object";

afterEach(() => vi.restoreAllMocks());

/** An environment whose object answers like this. */
function envWith(hasRoomForStream: () => Promise<boolean>): Env {
  const PORTAL = { getByName: () => ({ hasRoomForStream }) };
  return { PORTAL } as unknown as Env;
}

function timers() {
  const open = new Set<() => void>();
  const setTimer = (callback: () => void) => {
    open.add(callback);
    return () => open.delete(callback);
  };
  return { open, setTimer };
}

describe("whether it takes a stream", () => {
  test.each([
    ["has room", async () => true, true],
    ["is full", async () => false, false],
    ["is overloaded", () => Promise.reject(new Error("Durable Object is overloaded.")), false],
  ])("it %s", async (_, answer, expected) => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { open, setTimer } = timers();
    expect(await streamPlace(envWith(answer), setTimer)?.isReady()).toBe(expected);
    expect(open.size).toBe(0);
  });

  test("it is silent: no one waits for it", async () => {
    const logged = vi.spyOn(console, "error").mockImplementation(() => {});
    const { open, setTimer } = timers();
    const isReady = streamPlace(
      envWith(() => new Promise(() => {})),
      setTimer,
    )?.isReady();
    for (const fire of open) fire();
    expect(await isReady).toBe(false);
    expect(logged).toHaveBeenCalledOnce();
  });

  test("it is not there, or not wanted", () => {
    expect(streamPlace({} as Env)).toBeUndefined();
    const env = { ...envWith(async () => true), CONVERTED_STREAMS: "worker" } as Env;
    expect(streamPlace(env)).toBeUndefined();
  });
});
