/**
 * The fields of a body that determine what the request uses, as a tree of names, one per provider.
 * @module
 */
import { GENERAL_MODEL_FIELDS } from "../../providers/provider-defaults";
import type { Provider } from "../../providers/types";

/** What a field's value means. */
export type FieldKind =
  /** The model that the provider uses. */
  | "model"
  /** Also a model: one of several, or in a place that some service reads. */
  | "further"
  /** A place whose name says that it holds a model, if it holds a text: no service's documentation lists it here. */
  | "likely"
  /** Something that implies a model that the request doesn't name. */
  | "hides";

export interface FieldNode {
  readonly children: Map<string, FieldNode>;
  /** Null for a field on the way to another. */
  kind: FieldKind | null;
  /** As written in the registry. */
  place: string;
  /** For `hides`: the value that does; null for any. */
  value: string | null;
}

/** Name of the child that stands for every item of a list. */
export const ITEM = "[]";

/**
 * Objects in which routers and gateways take settings. Of other fields, most are the caller's own data: messages, tools,
 * schemas, metadata.
 */
const SETTINGS: ReadonlySet<string> = new Set([
  ...["config", "extrabody", "gateway", "litellmparams", "modelsettings", "options"],
  ...["overrideparams", "provider", "provideroptions", "router", "routing"],
]);

/** `fallback_model`, `judgeModel`, `model_override`. */
const LIKELY_MODEL = /model/;
/** Everything below is a model: `fallbacks: ["a", {"b": ["c"]}]`. */
const LIKELY_MODELS = /fallback/;

const likelySettings = newNode();
const likelyModel: FieldNode = { ...newNode(), kind: "likely", place: "…model…" };
likelyModel.children.set(ITEM, likelyModel).set("model", likelyModel);
const likelyModels: FieldNode = { ...newNode(), kind: "likely", place: "…fallback…" };
likelyModels.children.set(ITEM, likelyModels).set("model", likelyModels);

/** The field of an object of the tree by its name, as written; null if it isn't looked for. */
export function childOf(parent: FieldNode, written: string, isRoot: boolean): FieldNode | null {
  const name = foldName(written);
  const known = parent.children.get(name);
  if (known !== undefined) return known;
  if (parent === likelyModels) return likelyModels;
  if (!isRoot && parent !== likelySettings && parent !== likelyModel) return null;
  if (LIKELY_MODELS.test(name)) return likelyModels;
  if (LIKELY_MODEL.test(name)) return likelyModel;
  return SETTINGS.has(name) ? likelySettings : null;
}

/**
 * A field's name as the most lenient parser compares it: case-insensitively (Go folds some letters beyond ASCII), with
 * or without separators (protobuf's JSON accepts `modelId` and `model_id`), up to a NUL (C).
 */
export function foldName(name: string): string {
  // The fields that are looked for are short, and repeat.
  if (name.length > MAX_KNOWN_CHARS) return folded(name);
  let known = knownNames.get(name);
  if (known === undefined) {
    known = folded(name);
    if (knownNames.size >= MAX_KNOWN_NAMES) knownNames.clear();
    knownNames.set(name, known);
  }
  return known;
}

const knownNames = new Map<string, string>();
const MAX_KNOWN_NAMES = 1_000;
const MAX_KNOWN_CHARS = 64;

function folded(name: string): string {
  const end = name.indexOf("\0");
  const text = end === -1 ? name : name.slice(0, end);
  return text
    .toUpperCase()
    .toLowerCase()
    .replace(/[\s_-]/g, "");
}

const trees = new WeakMap<Provider, FieldNode>();

/** Places are written `model`, `models[]`, `tools[].model`, `tools[].type=image_generation`. */
export function fieldTree(provider: Provider): FieldNode {
  let root = trees.get(provider);
  if (root === undefined) {
    const { model, hidesModel } = provider;
    root = newNode();
    // The first entry wins: a provider's own places come before the general ones.
    for (const place of model.body ?? []) add(root, place, "model");
    for (const place of model.further ?? []) add(root, place, "further");
    for (const place of hidesModel.fields) add(root, place, "hides");
    for (const place of GENERAL_MODEL_FIELDS) add(root, place, "further");
    trees.set(provider, root);
  }
  return root;
}

function newNode(): FieldNode {
  return { children: new Map(), kind: null, place: "", value: null };
}

function add(root: FieldNode, place: string, kind: FieldKind): void {
  const [path = "", value = null] = place.split("=");
  let node = root;
  for (const step of path.replaceAll(ITEM, `.${ITEM}`).split(".")) {
    const name = step === ITEM ? ITEM : foldName(step);
    const child = node.children.get(name) ?? newNode();
    node.children.set(name, child);
    node = child;
  }
  node.kind ??= kind;
  node.place ||= place;
  node.value ??= value;
}
