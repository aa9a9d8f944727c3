/** Validation of the settings' forms, which load it by `load-resolvers.ts`. @module */
import { zodResolver } from "@hookform/resolvers/zod";
import { z } from "zod";
import {
  alertTimesInput,
  mailInput,
  meteringInput,
  pricesInput,
  retentionInput,
  tagLimitsInput,
} from "@/lib/manage/settings/settings-schema";
import { splitAddresses } from "./alerts/split-addresses";

export const retentionResolver = zodResolver(retentionInput);
export const alertTimesResolver = zodResolver(alertTimesInput);
export const mailResolver = zodResolver(
  mailInput.extend({ mailTo: z.string().transform(splitAddresses).pipe(mailInput.shape.mailTo) }),
  undefined,
  { raw: true },
);
export const meteringResolver = zodResolver(meteringInput);
export const tagLimitsResolver = zodResolver(z.strictObject({ limits: tagLimitsInput }));
export const pricesResolver = zodResolver(pricesInput);
