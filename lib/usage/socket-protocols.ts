/**
 * What the frames of a WebSocket contain about models, turns and usage, by the service's protocol. Pure: a state and a
 * message give the next state and facts.
 *
 * A turn is one response: an OpenAI `response`, what Gemini sends between two `turnComplete`, Cartesia's speech of one
 * context. Audio frames are many and long and contain none of this: most are skipped after a search for a few words
 * (`marks`), without being parsed.
 *
 * Sources: OpenAI's API reference (Realtime and Responses events), ai.google.dev/api/live, developers.deepgram.com
 * (listen, speak, agent), elevenlabs.io's WebSocket references, docs.cartesia.ai.
 * @module
 */
import type { SocketProtocol } from "../providers/types";
import { readUsage } from "./read-usage";
import { NO_USAGE, type Usage } from "./types";

export type SocketFact =
  /** A frame that may matter, and that only a more lenient parser could read. */
  | { readonly kind: "unreadable" }
  /** The session's model, from here on. */
  | { readonly kind: "model"; readonly model: string }
  /** Another model takes part: it transcribes what is said. */
  | { readonly kind: "helper"; readonly model: string }
  /** A response was requested, or has begun by itself (`isBySpeech`: the service detected the end of speech). */
  | {
      readonly kind: "turn-begins";
      /** The requested model; null for the session's. */
      readonly model: string | null;
      /** The most it may write; null if not stated. */
      readonly mostOutputTokens: number | null;
      readonly isBySpeech: boolean;
    }
  /** The provider stores this response under an id. */
  | { readonly kind: "stored"; readonly id: string }
  /** Usage is null if the service reported none. */
  | { readonly kind: "turn-ends"; readonly usage: Usage | null }
  /** Used outside of turns, by another model if one is named. */
  | { readonly kind: "used"; readonly usage: Usage; readonly model: string | null };

export type Message = Readonly<Record<string, unknown>>;

export interface Step<State> {
  readonly state: State;
  readonly facts: readonly SocketFact[];
}

/** How one side's frames are read. */
export interface SideRules<State> {
  /** Every frame worth parsing contains one of these texts. */
  readonly marks: readonly string[];
  read(state: State, message: Message): Step<State>;
}

export interface ProtocolRules<State> {
  readonly start: State;
  readonly client: SideRules<State>;
  readonly upstream: SideRules<State>;
  /** The socket is closed: what was used and not reported yet. */
  end(state: State): readonly SocketFact[];
  /** What precedes the text that the model writes, to estimate a response that is cut off. */
  readonly textMark: string | null;
}

const NOTHING: readonly SocketFact[] = [];
const TURN_ENDS: SocketFact = { kind: "turn-ends", usage: null };

/** The model that transcribes speech for OpenAI's. */
interface OpenAiState {
  readonly transcriber: string | null;
}

/** Realtime, and Responses over a WebSocket: their events are distinguished by type. */
const openAi: ProtocolRules<OpenAiState> = {
  start: { transcriber: null },
  client: {
    marks: ["response.create", "session.update", "session.create", "transcription"],
    read(state, message) {
      if (message.type === "response.create") {
        const response = object(message.response);
        const most = message.max_output_tokens ?? response.max_output_tokens;
        return {
          state,
          facts: [
            {
              kind: "turn-begins",
              model: text(message.model) ?? text(response.model),
              mostOutputTokens: count(most),
              isBySpeech: false,
            },
          ],
        };
      }
      const session = object(message.session);
      const transcriber =
        text(object(object(object(session.audio).input).transcription).model) ??
        text(object(session.input_audio_transcription).model);
      const model = text(session.model);
      const facts: readonly SocketFact[] = [
        ...(model === null ? [] : [{ kind: "model", model } as const]),
        ...(transcriber === null ? [] : [{ kind: "helper", model: transcriber } as const]),
      ];
      return { state: transcriber === null ? state : { transcriber }, facts };
    },
  },
  upstream: {
    marks: [
      '"response.created"',
      '"response.done"',
      '"response.completed"',
      '"response.incomplete"',
      '"response.failed"',
      'transcription.completed"',
      '"type":"error"',
      '"type": "error"',
    ],
    read(state, message) {
      switch (message.type) {
        case "response.created":
          return {
            state,
            facts: [
              { kind: "turn-begins", model: null, mostOutputTokens: null, isBySpeech: true },
              ...storedResponse(object(message.response)),
            ],
          };
        case "response.done":
        case "response.completed":
        case "response.incomplete":
        case "response.failed":
          return {
            state,
            facts: [
              { kind: "turn-ends", usage: readUsage(object(object(message.response).usage)) },
            ],
          };
        case "conversation.item.input_audio_transcription.completed": {
          const usage = readUsage(object(message.usage));
          const model = state.transcriber;
          return { state, facts: usage === null ? NOTHING : [{ kind: "used", usage, model }] };
        }
        case "error":
          // A rejected request creates no response.
          return { state, facts: [TURN_ENDS] };
        default:
          return { state, facts: NOTHING };
      }
    },
  },
  end: () => NOTHING,
  textMark: '"delta":"',
};

/** Those of Realtime exist only in the session. */
function storedResponse(response: Message): readonly SocketFact[] {
  const id = response.object === "response" ? text(response.id) : null;
  return id === null ? NOTHING : [{ kind: "stored", id }];
}

/** Of the current turn. */
interface GeminiState {
  readonly isAnswering: boolean;
  readonly usage: Usage | null;
}

/** Gemini Live. Field names occur in both of protobuf's spellings. */
const gemini: ProtocolRules<GeminiState> = {
  start: { isAnswering: false, usage: null },
  client: {
    marks: ['"setup"', "lientContent", "lient_content", "toolResponse", "tool_response"],
    read(state, message) {
      const model = text(object(message.setup).model);
      if (model !== null) return { state, facts: [{ kind: "model", model: plainModel(model) }] };
      const content = object(message.clientContent ?? message.client_content);
      const isRequest = (content.turnComplete ?? content.turn_complete) === true;
      const isResult = (message.toolResponse ?? message.tool_response) !== undefined;
      if (!isRequest && !isResult) return { state, facts: NOTHING };
      return {
        state,
        facts: [{ kind: "turn-begins", model: null, mostOutputTokens: null, isBySpeech: false }],
      };
    },
  },
  upstream: {
    marks: ["modelTurn", "turnComplete", "usageMetadata", "interrupted", "toolCall"],
    read(state, message) {
      const facts: SocketFact[] = [];
      const content = object(message.serverContent);
      const answers = content.modelTurn !== undefined || message.toolCall !== undefined;
      let { isAnswering } = state;
      if (answers && !isAnswering) {
        isAnswering = true;
        facts.push({ kind: "turn-begins", model: null, mostOutputTokens: null, isBySpeech: true });
      }
      // Counts of a turn grow as it goes on: the last ones are the whole turn's.
      const usage = readUsage(object(message.usageMetadata)) ?? state.usage;
      const isOver =
        content.turnComplete === true ||
        message.toolCall !== undefined ||
        // Reported after the turn was over, they belong to a turn that is no longer open.
        (message.usageMetadata !== undefined && !isAnswering);
      if (!isOver) return { state: { isAnswering, usage }, facts };
      facts.push({ kind: "turn-ends", usage });
      return { state: { isAnswering: false, usage: null }, facts };
    },
  },
  end: ({ usage }) => (usage === null ? NOTHING : [{ kind: "turn-ends", usage }]),
  textMark: '"text":"',
};

/** Seconds of audio, as far as reported. */
interface DeepgramState {
  readonly audioS: number;
}

/** `listen` counts the recording, and reports it once more at the end; `speak` and agents report no usage. */
const deepgram: ProtocolRules<DeepgramState> = {
  start: { audioS: 0 },
  client: { marks: [], read: (state) => ({ state, facts: NOTHING }) },
  upstream: {
    marks: ['"duration"', '"audio_window_end"'],
    read(state, message) {
      const channels = Math.max(1, count(message.channels) ?? 1);
      const untilS =
        message.type === "Metadata"
          ? (count(message.duration) ?? 0) * channels
          : (count(message.start) ?? 0) + (count(message.duration) ?? 0);
      const windowS = count(message.audio_window_end) ?? 0;
      return { state: { audioS: Math.max(state.audioS, untilS, windowS) }, facts: NOTHING };
    },
  },
  end: ({ audioS }) =>
    audioS === 0
      ? NOTHING
      : [{ kind: "used", usage: { ...NO_USAGE, inputAudioSeconds: audioS }, model: null }],
  textMark: null,
};

/** Whether there is text that isn't completely spoken yet. */
interface ElevenLabsState {
  readonly isSpeaking: boolean;
}

/** ElevenLabs bills by characters and reports no usage. An empty text ends the speech. */
const elevenLabs: ProtocolRules<ElevenLabsState> = {
  start: { isSpeaking: false },
  client: {
    marks: ['"text"'],
    read(state, message) {
      const isFirst = !state.isSpeaking && text(message.text)?.trim() !== undefined;
      if (!isFirst || text(message.text)?.trim() === "") return { state, facts: NOTHING };
      const facts: readonly SocketFact[] = [
        { kind: "turn-begins", model: null, mostOutputTokens: 0, isBySpeech: false },
      ];
      return { state: { isSpeaking: true }, facts };
    },
  },
  upstream: {
    marks: ['"isFinal"', '"is_final"'],
    read: (state, message) =>
      (message.isFinal ?? message.is_final) === true
        ? { state: { isSpeaking: false }, facts: [TURN_ENDS] }
        : { state, facts: NOTHING },
  },
  end: () => NOTHING,
  textMark: null,
};

/** Cartesia's speech, one turn per context; transcription reports the seconds of audio. */
const cartesia: ProtocolRules<DeepgramState> = {
  start: { audioS: 0 },
  client: {
    marks: ['"transcript"'],
    read(state, message) {
      const isLast = message.continue !== true;
      const model = text(message.model_id);
      return {
        state,
        facts: isLast
          ? [{ kind: "turn-begins", model, mostOutputTokens: 0, isBySpeech: false }]
          : NOTHING,
      };
    },
  },
  upstream: {
    marks: ['"done"', '"error"', '"duration"'],
    read(state, message) {
      const audioS =
        state.audioS + (message.is_final === true ? (count(message.duration) ?? 0) : 0);
      const isOver = message.type === "done" || message.type === "error";
      return { state: { audioS }, facts: isOver ? [TURN_ENDS] : NOTHING };
    },
  },
  end: deepgram.end,
  textMark: null,
};

/** A model as named in requests: without the collection, project and location. */
export function plainModel(name: string): string {
  return name.replace(/^(?:.*\/)?models\//, "");
}

/** Reads both directions of one socket. */
export interface SocketReader {
  fromClient(frame: string): readonly SocketFact[];
  fromUpstream(frame: string): readonly SocketFact[];
  end(): readonly SocketFact[];
  /** Characters that the model wrote in a frame; 0 for audio. */
  writtenIn(frame: string): number;
}

export function createSocketReader(protocol: SocketProtocol): SocketReader {
  switch (protocol) {
    case "openai":
      return reading(openAi);
    case "gemini":
      return reading(gemini);
    case "deepgram":
      return reading(deepgram);
    case "elevenlabs":
      return reading(elevenLabs);
    case "cartesia":
      return reading(cartesia);
  }
}

const ESCAPED_LETTER = /\\u00[2-7]/i;
const UNREADABLE: readonly SocketFact[] = [{ kind: "unreadable" }];

function reading<State>(rules: ProtocolRules<State>): SocketReader {
  let { start: state } = rules;
  const readBy = (side: SideRules<State>, isClient: boolean) => (frame: string) => {
    // A client may write any letter as an escape.
    const mayMatter =
      side.marks.some((mark) => frame.includes(mark)) ||
      (isClient && side.marks.length > 0 && ESCAPED_LETTER.test(frame));
    if (!mayMatter) return NOTHING;
    const message = parsed(frame);
    if (message === null) return isClient ? UNREADABLE : NOTHING;
    const step = side.read(state, message);
    state = step.state;
    return step.facts;
  };
  return {
    fromClient: readBy(rules.client, true),
    fromUpstream: readBy(rules.upstream, false),
    end: () => rules.end(state),
    writtenIn(frame) {
      if (rules.textMark === null) return 0;
      const from = frame.indexOf(rules.textMark);
      if (from === -1 || frame.includes("audio.delta")) return 0;
      const start = from + rules.textMark.length;
      return Math.max(0, frame.indexOf('"', start) - start);
    },
  };
}

/** A JSON object; null for anything else. */
function parsed(frame: string): Message | null {
  try {
    const value: unknown = JSON.parse(frame);
    return typeof value === "object" && value !== null ? (value as Message) : null;
  } catch {
    return null;
  }
}

function object(value: unknown): Message {
  return typeof value === "object" && value !== null ? (value as Message) : {};
}

function text(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function count(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : null;
}
