"use client";

import type { ProviderKeyDetail } from "@/lib/manage/keys/read-provider-key";
import type { ProviderLimits } from "@/lib/manage/limits/read-provider-limits";
import { KeyLimits, type KeyLimitsInUse } from "../limits/key-limits";
import { KeyActions } from "./key-actions";
import { KeyCooldowns } from "./key-cooldowns";
import { KeyEvidence } from "./key-evidence";
import { KeyFacts } from "./key-facts";
import { KeyHistory } from "./key-history";
import { KeySettingsForm } from "./key-settings-form";
import { KeySuspicion } from "./key-suspicion";

export interface KeyDetailsProps {
  readonly detail: ProviderKeyDetail;
  /** The provider's name. */
  readonly label: string;
  readonly limits: ProviderLimits;
  readonly inUse: KeyLimitsInUse;
  readonly isAdmin: boolean;
  readonly canCheck: boolean;
  readonly onDeleted: () => void;
}

/** Why a key is in its state, what can be done about it, what holds for it, and what was. */
export function KeyDetails({
  detail: { key, isTended, evidence, cooldowns, history },
  label,
  limits,
  inUse,
  isAdmin,
  canCheck,
  onDeleted,
}: KeyDetailsProps) {
  return (
    <div className="divide-y *:p-4">
      {(isAdmin || isTended) && (
        <KeyActions
          view={key}
          label={label}
          isAdmin={isAdmin}
          canCheck={canCheck}
          onDeleted={onDeleted}
        />
      )}
      {evidence !== null && <KeyEvidence evidence={evidence} isPast={key.state !== "blocked"} />}
      {key.suspicion !== null && <KeySuspicion suspicion={key.suspicion} />}
      {cooldowns.length > 0 && (
        <KeyCooldowns keyId={key.id} cooldowns={cooldowns} isAdmin={isAdmin} />
      )}
      <KeyFacts view={key} withSettings={!isAdmin} />
      <KeyLimits
        // An undo right after a change brings back what the page showed all along, not what was typed.
        key={history.find(({ by }) => by === "person")?.id}
        view={key}
        limits={limits}
        inUse={inUse}
        isAdmin={isAdmin}
      />
      {isAdmin && <KeySettingsForm view={key} />}
      <KeyHistory history={history} />
    </div>
  );
}
