import t from 'tap';
import { systemClock as clock } from '../../../terms/clock.ts';
import { testCard } from '../../../vision/test-card.ts';
import { displayContract } from '../../ports/display.contract.ts';
import { lines, SIZE, serveKvmd, USER } from '../pikvm/kvmd.fixture.ts';
import { openPikvmDisplay } from './pikvm.ts';

displayContract(t, 'pikvm, by its public documentation', async () => {
  const kvm = await serveKvmd();
  const display = await openPikvmDisplay({
    url: kvm.url,
    ...USER,
    tls: { fingerprint: kvm.certificate.fingerprint },
    size: SIZE,
    clock,
  });
  return {
    ...SIZE,
    display,
    clock,
    show: (...texts) => kvm.paint(lines(texts)),
    showCard: () => kvm.paint(testCard(SIZE.width, SIZE.height)),
    inputs: async () => kvm.inputs,
    vanish: () => kvm.vanish(),
    elapse: async () => undefined,
    async [Symbol.asyncDispose]() {
      await display[Symbol.asyncDispose]();
      await kvm[Symbol.asyncDispose]();
    },
  };
});
