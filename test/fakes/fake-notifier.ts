/**
 * `Notifier` that keeps what people are told. With `isFailing` it rejects with `CloudError` and nobody is told.
 *
 * @module
 */
import { CloudError } from '../../lib/core/errors.ts';
import type { Notifier } from '../../lib/ports/cloud.ts';

export class FakeNotifier implements Notifier {
  readonly told: { readonly subject: string; readonly message: string }[] = [];
  isFailing = false;

  async publish(subject: string, message: string): Promise<void> {
    if (this.isFailing) throw new CloudError('Publish failed');
    this.told.push({ subject, message });
  }
}
