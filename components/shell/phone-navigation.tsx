"use client";

import { Menu } from "lucide-react";
import { useTranslations } from "next-intl";
import { lazy, Suspense, useRef, useState } from "react";
import { Button } from "@/components/ui/button";
import type { Right } from "@/lib/auth/member";

const load = () => import("@/components/shell/phone-sheet");

const PhoneSheet = lazy(async () => ({ default: (await load()).PhoneSheet }));

/** The pages behind a button, if there is no room for the sidebar; loaded on demand. */
export function PhoneNavigation({ role }: { readonly role: Right }) {
  const t = useTranslations("shell");
  const button = useRef<HTMLButtonElement>(null);
  const [isOpen, setIsOpen] = useState(false);
  const [wasOpened, setWasOpened] = useState(false);

  function change(open: boolean) {
    setIsOpen(open);
    if (!open) button.current?.focus();
  }

  return (
    <>
      <Button
        ref={button}
        variant="ghost"
        size="icon"
        aria-label={t("openNavigation")}
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        className="-ml-2 md:hidden"
        onPointerEnter={load}
        onClick={() => {
          setWasOpened(true);
          setIsOpen(true);
        }}
      >
        <Menu aria-hidden />
      </Button>
      {wasOpened && (
        <Suspense fallback={null}>
          <PhoneSheet role={role} isOpen={isOpen} onOpenChange={change} />
        </Suspense>
      )}
    </>
  );
}
