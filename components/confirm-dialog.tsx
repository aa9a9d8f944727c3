"use client";

import { Slot } from "radix-ui";
import { lazy } from "react";
import type { Question } from "@/components/confirm-question";
import { LatePopup } from "@/components/late-popup";

const load = () => import("@/components/confirm-question");

const ConfirmQuestion = lazy(async () => ({ default: (await load()).ConfirmQuestion }));

/** Asks for confirmation of an action that can't be undone or needs explaining. */
export function ConfirmDialog(question: Question) {
  return (
    <LatePopup
      load={load}
      button={(opener) => (
        <Slot.Root aria-haspopup="dialog" {...opener}>
          {question.trigger}
        </Slot.Root>
      )}
    >
      <ConfirmQuestion {...question} />
    </LatePopup>
  );
}
