/** Whether the list of keys is open. */
class Help {
  isOpen = $state(false);
}

export const help = new Help();
