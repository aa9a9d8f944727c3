"use server";

import { portalAction } from "@/app/portal-action";
import { changeView as change } from "@/lib/manage/views/change-view";
import { removeView as remove } from "@/lib/manage/views/remove-view";
import { saveView as save } from "@/lib/manage/views/save-view";
import { changeViewInput, removeViewInput, saveViewInput } from "@/lib/manage/views/view-schemas";

export const saveView = portalAction("viewer", saveViewInput, ({ context, member, input }) =>
  save(context, member, input),
);

export const changeView = portalAction("viewer", changeViewInput, ({ context, member, input }) =>
  change(context, member, input.id, input.changes, input.was),
);

export const removeView = portalAction("viewer", removeViewInput, ({ context, member, input }) =>
  remove(context, member, input.id),
);
