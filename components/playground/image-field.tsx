"use client";

import { ImagePlus, X } from "lucide-react";
import { useTranslations } from "next-intl";
import { type ChangeEvent, useRef, useState } from "react";
import { Button } from "@/components/ui/button";

const MOST_IMAGES = 4;
/** Providers take some 5 MB an image, and the proxy 32 MiB a request. */
const MOST_BYTES = 5_000_000;

/** Images that go with the prompt, read in this page. */
export function ImageField({
  images,
  onChange,
}: {
  /** As data URLs. */
  readonly images: readonly string[];
  readonly onChange: (images: readonly string[]) => void;
}) {
  const t = useTranslations("playground.images");
  const input = useRef<HTMLInputElement>(null);
  const [problem, setProblem] = useState<"size" | "count" | null>(null);

  async function choose(event: ChangeEvent<HTMLInputElement>) {
    const files = [...(event.target.files ?? [])].filter(({ type }) => type.startsWith("image/"));
    const fitting = files.filter(({ size }) => size <= MOST_BYTES);
    const read = await Promise.all(fitting.map(dataUrlOf));
    // The same file can be chosen again.
    event.target.value = "";
    const all = [...images, ...read];
    setProblem(fitting.length < files.length ? "size" : all.length > MOST_IMAGES ? "count" : null);
    onChange(all.slice(0, MOST_IMAGES));
  }

  return (
    <div className="space-y-2">
      {images.length > 0 && (
        <ul className="flex flex-wrap gap-2">
          {images.map((url, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the same image may be there twice.
            <li key={index} className="relative">
              <Thumbnail url={url} name={t("name", { number: index + 1 })} />
              <Button
                type="button"
                variant="outline"
                size="icon-sm"
                className="absolute -top-2 -right-2 size-6 rounded-full"
                aria-label={t("remove", { number: index + 1 })}
                onClick={() => onChange(images.filter((_, at) => at !== index))}
              >
                <X aria-hidden className="size-3" />
              </Button>
            </li>
          ))}
        </ul>
      )}
      <Button type="button" variant="outline" size="sm" onClick={() => input.current?.click()}>
        <ImagePlus aria-hidden />
        {t("add")}
      </Button>
      <input
        ref={input}
        type="file"
        accept="image/*"
        multiple
        aria-label={t("add")}
        className="sr-only"
        tabIndex={-1}
        onChange={choose}
      />
      {problem !== null && (
        <p role="alert" className="text-destructive text-sm">
          {t(problem, { count: MOST_IMAGES, megabytes: MOST_BYTES / 1_000_000 })}
        </p>
      )}
    </div>
  );
}

/** An image of the page's own memory, which no image service could make smaller. */
export function Thumbnail({ url, name }: { readonly url: string; readonly name: string }) {
  return (
    // biome-ignore lint/performance/noImgElement: it is a data URL.
    <img src={url} alt={name} className="size-16 rounded-md border object-cover" />
  );
}

function dataUrlOf(file: File): Promise<string> {
  return new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error ?? new Error("the file cannot be read"));
    reader.readAsDataURL(file);
  });
}
