"use client";

import { type ReactNode, Suspense, useState } from "react";

/** What makes a button the closed popup's. */
interface Opener {
  readonly "aria-expanded": false;
  readonly onPointerEnter: () => void;
  readonly onFocus: () => void;
  readonly onClick: () => void;
}

/** A button whose menu, list or dialog is loaded when the button is about to be used. */
export function LatePopup({
  load,
  button,
  children,
}: {
  /** May be called often. */
  readonly load: () => Promise<unknown>;
  readonly button: (opener: Opener) => ReactNode;
  /** The loaded component with the button of its own, open from the start. */
  readonly children: ReactNode;
}) {
  const [isWanted, setIsWanted] = useState(false);
  const closed = button({
    "aria-expanded": false,
    onPointerEnter: () => void load(),
    onFocus: () => void load(),
    onClick: () => setIsWanted(true),
  });
  return isWanted ? <Suspense fallback={closed}>{children}</Suspense> : closed;
}
