import type { ServiceId } from "@/lib/auth/sign-in-services";

/**
 * The services' own logos, from their brand pages (github.com/logos,
 * developers.google.com/identity/branding-guidelines).
 */
const PATHS: Readonly<Record<ServiceId, readonly { readonly d: string; readonly fill: string }[]>> =
  {
    github: [
      {
        fill: "currentColor",
        d: "M12 .3a12 12 0 0 0-3.8 23.4c.6.1.8-.3.8-.6v-2c-3.3.7-4-1.6-4-1.6-.6-1.4-1.4-1.8-1.4-1.8-1-.7.1-.7.1-.7 1.2 0 1.9 1.2 1.9 1.2 1 1.8 2.8 1.3 3.5 1 0-.8.4-1.3.7-1.6-2.7-.3-5.5-1.3-5.5-6 0-1.2.5-2.3 1.3-3.1-.2-.4-.6-1.6 0-3.2 0 0 1-.3 3.4 1.2a11.5 11.5 0 0 1 6 0c2.3-1.5 3.3-1.2 3.3-1.2.6 1.6.2 2.8 0 3.2.9.8 1.3 1.9 1.3 3.2 0 4.6-2.8 5.6-5.5 5.9.5.4.9 1 .9 2.2v3.3c0 .3.1.7.8.6A12 12 0 0 0 12 .3",
      },
    ],
    google: [
      {
        fill: "#4285F4",
        d: "M23.5 12.3c0-.9-.1-1.5-.3-2.2H12v4.1h6.5c-.1 1-.8 2.6-2.4 3.6l3.7 2.9c2.3-2.1 3.7-5.2 3.7-8.4Z",
      },
      {
        fill: "#34A853",
        d: "M12 24c3.2 0 6-1.1 8-2.9l-3.8-2.9c-1 .7-2.4 1.2-4.2 1.2-3.2 0-5.9-2.1-6.9-5l-3.9 3A12 12 0 0 0 12 24Z",
      },
      { fill: "#FBBC05", d: "M5.1 14.4a7.4 7.4 0 0 1 0-4.8l-3.9-3a12 12 0 0 0 0 10.8l3.9-3Z" },
      {
        fill: "#EA4335",
        d: "M12 4.7c2.3 0 3.8 1 4.7 1.8l3.4-3.3A11.5 11.5 0 0 0 12 0 12 12 0 0 0 1.2 6.6l3.9 3c1-2.9 3.7-4.9 6.9-4.9Z",
      },
    ],
    // A shield (the icon of Lucide).
    access: [
      {
        fill: "currentColor",
        d: "M12 22s8-3.6 8-10V5.2L12 2 4 5.2V12c0 6.400 8 10 8 10Zm-1.200-6.200-3.400-3.400 1.400-1.400 2 2 4.800-4.800 1.400 1.400Z",
      },
    ],
    // A key, for any issuer (the icon of Lucide).
    oidc: [
      {
        fill: "currentColor",
        d: "M21.4 2.6a2 2 0 0 0-2.8 0l-8 8a6.5 6.5 0 1 0 2.8 2.8l1.6-1.6h2.5v-2.5h2.5V6.8l1.4-1.4a2 2 0 0 0 0-2.8ZM7.5 19a2.5 2.5 0 1 1 0-5 2.5 2.5 0 0 1 0 5Z",
      },
    ],
  };

export function ServiceMark({ service }: { readonly service: ServiceId }) {
  return (
    <svg viewBox="0 0 24 24" aria-hidden="true" className="size-4">
      {PATHS[service].map(({ d, fill }) => (
        <path key={fill} d={d} fill={fill} />
      ))}
    </svg>
  );
}
