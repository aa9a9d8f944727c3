/** A field's error, right below it; the field's `aria-describedby` names `id`. */
export function FieldError({
  id,
  message,
}: {
  readonly id?: string;
  /** Without one, nothing is shown. */
  readonly message: string | undefined;
}) {
  if (message === undefined) return null;
  return (
    <p id={id} role="alert" className="text-destructive text-sm">
      {message}
    </p>
  );
}
