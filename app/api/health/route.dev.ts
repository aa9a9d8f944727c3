/** For `next dev`: on Workers the entry (`worker.ts`) handles this before Next is loaded. */
export { health as GET } from "@/lib/runtime/health";
