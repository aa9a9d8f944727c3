/** What is wrong with a field, right below it; `id` is what the field's `aria-describedby` names. */
export function FieldError({
  id,
  message,
}: {
  readonly id?: string;
  /** Nothing is shown without one. */
  readonly message: string | undefined;
}) {
  if (message === undefined) return null;
  return (
    <p id={id} role="alert" className="text-destructive text-sm">
      {message}
    </p>
  );
}
