//! From power-on to [`crate::main`], and what happens when there is no way on.

use core::arch::global_asm;
use core::panic::PanicInfo;

global_asm!(
    // The vector table: initial stack pointer, reset, fourteen exceptions. Any exception is a dead chip.
    ".section .vectors, \"a\", %progbits",
    ".word __stack_top",
    ".word reset",
    ".rept 14",
    ".word dead",
    ".endr",
    ".section .text.startup, \"ax\", %progbits",
    ".global reset",
    ".type reset, %function",
    ".thumb_func",
    "reset:",
    // Initialised data from flash to RAM.
    "ldr r0, =__data_start",
    "ldr r1, =__data_end",
    "ldr r2, =__data_load",
    "1:",
    "cmp r0, r1",
    "bhs 2f",
    "ldr r3, [r2], #4",
    "str r3, [r0], #4",
    "b 1b",
    // The rest of RAM to zero.
    "2:",
    "ldr r0, =__bss_start",
    "ldr r1, =__bss_end",
    "movs r3, #0",
    "3:",
    "cmp r0, r1",
    "bhs 4f",
    "str r3, [r0], #4",
    "b 3b",
    "4:",
    "bl firmware_main",
    ".global dead",
    ".type dead, %function",
    ".thumb_func",
    "dead:",
    "b dead",
);

/// A panic is a fault the applet promises not to have; the chip stays silent until the reader takes its power.
#[panic_handler]
fn panic(_info: &PanicInfo<'_>) -> ! {
    loop {
        core::hint::spin_loop();
    }
}
