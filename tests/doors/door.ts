/**
 * One entry point to the proxy, as the common list of proxy tests sees it.
 * @module
 */
import type { FakeUpstream } from "../fake-upstream/start-fake-upstream.ts";

export interface Door {
  readonly upstream: FakeUpstream;
  /** An unrestricted access token. */
  readonly token: string;
  /** May use OpenAI's `gpt-allowed` and nothing else. */
  readonly limitedToken: string;
  /** @param path `/api/…` */
  fetch(path: string, init?: RequestInit): Promise<Response>;
  /** Makes these the provider's only keys. */
  setKeys(provider: string, keys: readonly string[]): Promise<void>;
  /** The provider's keys in the entry point's store, in no particular order. */
  keyStates(provider: string): Promise<readonly KeyState[]>;
  close(): Promise<void>;
}

export interface KeyState {
  readonly status: string;
  /** The last change's message; null if there was none. */
  readonly reason: string | null;
  readonly cooldowns: readonly { readonly model: string; readonly reason: string }[];
}

export const DOOR_TOKEN = "test-admin-token";
export const DOOR_LIMITED_TOKEN = "test-limited-token";

/** `AUTH_KEY` of every entry point. */
export const DOOR_AUTH_KEY = `${DOOR_TOKEN};${DOOR_LIMITED_TOKEN}=openai,gpt-allowed`;
