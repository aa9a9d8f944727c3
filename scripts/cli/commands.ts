import type { Command } from "./command.ts";
import { doctor } from "./doctor.ts";
import { groupsAdd, groupsList, groupsRemove } from "./groups.ts";
import { importCommand } from "./import.ts";
import { keysAdd } from "./keys-add.ts";
import { keysCheck } from "./keys-check.ts";
import { keysExport } from "./keys-export.ts";
import { keysList } from "./keys-list.ts";
import { keysSet } from "./keys-set.ts";
import { setup } from "./setup.ts";
import { tagsLimit, tagsList } from "./tags.ts";
import { tokensCreate, tokensList, tokensRevoke } from "./tokens.ts";
import { usage } from "./usage.ts";

/** In the order of the help. */
export const commands: readonly Command[] = [
  doctor,
  keysAdd,
  keysList,
  keysSet,
  keysCheck,
  keysExport,
  importCommand,
  tokensCreate,
  tokensList,
  tokensRevoke,
  groupsAdd,
  groupsList,
  groupsRemove,
  tagsList,
  tagsLimit,
  usage,
  setup,
];
