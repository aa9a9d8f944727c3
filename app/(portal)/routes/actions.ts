"use server";

import { revalidatePath } from "next/cache";
import { z } from "zod";
import { portalAction } from "@/app/portal-action";
import { readFields } from "@/lib/manage/assert-unchanged";
import { addModelAlias } from "@/lib/manage/providers/add-model-alias";
import { changeModelAlias } from "@/lib/manage/providers/change-model-alias";
import {
  addModelAliasInput,
  changeModelAliasInput,
  removeModelAliasInput,
} from "@/lib/manage/providers/model-alias-schema";
import { removeModelAlias } from "@/lib/manage/providers/remove-model-alias";

const PAGE = "/routes";

export const addAlias = portalAction("admin", addModelAliasInput, async ({ context, input }) => {
  await addModelAlias(context, input);
  revalidatePath(PAGE);
});

export const changeAlias = portalAction(
  "admin",
  z.strictObject({ change: changeModelAliasInput, was: readFields }),
  async ({ context, input: { change, was } }) => {
    await changeModelAlias(context, change, was);
    revalidatePath(PAGE);
  },
);

export const removeAlias = portalAction(
  "admin",
  removeModelAliasInput,
  async ({ context, input }) => {
    await removeModelAlias(context, input);
    revalidatePath(PAGE);
  },
);
