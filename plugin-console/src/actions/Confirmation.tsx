import { Button, Dialog, DialogBody, DialogFooter, DialogHeader } from '@backstage/ui';
import type { ReactNode } from 'react';
import { useText } from '../translation';

interface ConfirmationProps {
  title: string;
  /** Label of the confirm button. */
  action: string;
  onConfirm(): void;
  onCancel(): void;
  /** The consequences. */
  children: ReactNode;
}

/** Asks for confirmation; Escape cancels. */
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
