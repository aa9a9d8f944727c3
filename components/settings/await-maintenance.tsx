"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";

const LOOK_MS = 2_000;

/** Shown while a run is in progress: refreshes the page until it shows the run's result. */
export function AwaitMaintenance() {
  const router = useRouter();
  useEffect(() => {
    const timer = setInterval(() => router.refresh(), LOOK_MS);
    return () => clearInterval(timer);
  }, [router]);
  return null;
}
