"use server";

import { z } from "zod";
import { portalAction } from "@/app/portal-action";
import { openPlayground as openPlaygroundOf } from "@/lib/manage/providers/open-playground";

export const openPlayground = portalAction("member", z.undefined(), ({ context, member }) =>
  openPlaygroundOf(context, member.id),
);
