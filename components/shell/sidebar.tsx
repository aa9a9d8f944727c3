"use client";

import { PanelLeftClose, PanelLeftOpen } from "lucide-react";
import { useTranslations } from "next-intl";
import { useState } from "react";
import { Brand } from "@/components/shell/brand";
import { keepCookie } from "@/components/shell/keep-cookie";
import { NavigationList } from "@/components/shell/navigation-list";
import { SIDEBAR_COOKIE } from "@/components/shell/sidebar-cookie";
import { Button } from "@/components/ui/button";
import type { Right } from "@/lib/auth/member";
import { cn } from "@/lib/utils";

/** The pages on the left of wide screens; a cookie remembers whether it is collapsed to icons. */
export function Sidebar({
  role,
  wasCollapsed,
}: {
  readonly role: Right;
  readonly wasCollapsed: boolean;
}) {
  const t = useTranslations("shell");
  const [isCollapsed, setIsCollapsed] = useState(wasCollapsed);

  function toggle() {
    setIsCollapsed(!isCollapsed);
    keepCookie(SIDEBAR_COOKIE, isCollapsed ? "open" : "collapsed");
  }

  const label = t(isCollapsed ? "expandSidebar" : "collapseSidebar");
  return (
    <aside
      className={cn("bg-sidebar hidden shrink-0 border-r md:block", isCollapsed ? "w-14" : "w-56")}
    >
      <div className="sticky top-0 flex h-dvh flex-col gap-5 p-3">
        <Brand isCollapsed={isCollapsed} />
        <div className="min-h-0 flex-1 overflow-y-auto">
          <NavigationList role={role} isCollapsed={isCollapsed} />
        </div>
        <Button
          variant="ghost"
          size="icon-sm"
          aria-label={label}
          aria-expanded={!isCollapsed}
          title={label}
          onClick={toggle}
          className="text-muted-foreground"
        >
          {isCollapsed ? <PanelLeftOpen aria-hidden /> : <PanelLeftClose aria-hidden />}
        </Button>
      </div>
    </aside>
  );
}
