import { Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import type { ReactNode } from 'react';
import { useText } from '../translation';

interface ConfirmationProps {
  title: string;
  /** What the button that goes on says. */
  action: string;
  onConfirm(): void;
  onCancel(): void;
  /** What will happen. */
  children: ReactNode;
}

/** Asks before something is done; Escape is a no. */
export function Confirmation({ title, action, onConfirm, onCancel, children }: ConfirmationProps) {
  const t = useText();
  return (
    <Dialog isOpen isDismissable width="min(480px, 92vw)" onOpenChange={(open) => !open && onCancel()}>
      <DialogHeader>{title}</DialogHeader>
      <DialogBody>{children}</DialogBody>
      <DialogFooter>
        <Button variant="primary" autoFocus onPress={onConfirm}>
          {action}
        </Button>
        <Button variant="secondary" onPress={onCancel}>
          {t('action.cancel')}
        </Button>
      </DialogFooter>
    </Dialog>
  );
}
