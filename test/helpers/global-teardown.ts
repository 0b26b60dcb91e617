/** Ends what `global-setup.ts` started, and waits until it has ended. */
export default async function teardown(): Promise<void> {
  await globalThis.crossconnectTestEngine?.stop();
}
