"""The only module that uses llvmlite's binding of LLVM: this machine's CPU, LLVM text to object code, object code to addresses.

numba is not imported here: a start with a warm cache loads its kernels with this module alone. ``pyproject.toml`` bounds llvmlite's
versions on both sides, since LLVM's interfaces and the text that it accepts change with them.
"""

from __future__ import annotations

import functools

import llvmlite.binding as llvm

from .target import Target, current, native

_RUNS = 3  # most runs of the optimiser: LLVM 20 needs two for the kind `plate` at 32 lanes, LLVM 22 one for every kind


@functools.cache
def cpu() -> tuple[str, str]:
    """Name and feature string of this machine's CPU, as LLVM knows it."""
    return llvm.get_host_cpu_name(), llvm.get_host_cpu_features().flatten()


def triple() -> str:
    """LLVM's name for this machine and system, such as ``x86_64-unknown-linux-gnu``."""
    text: str = llvm.get_process_triple()
    return text


def emit_object(text: str, wrapper: str, symbol: str, unwanted: str) -> bytes:
    """Optimised, position-independent object code of the LLVM module ``text``, linked with ``wrapper``, for the current target.

    ``wrapper`` is LLVM text without a target; it defines ``symbol``, the only export of the object. It may call ``unwanted`` where the
    optimiser must prove that the call is never reached. Some versions of LLVM need more than one run for that.
    """
    _initialize()
    machine = _machine(current())
    module, entry = llvm.parse_assembly(text), llvm.parse_assembly(wrapper)
    for part in (module, entry):
        part.triple, part.data_layout = machine.triple, str(machine.target_data)
    module.link_in(entry)
    for function in module.functions:
        if not function.is_declaration and function.name != symbol:
            function.linkage = "internal"
    for variable in module.global_variables:
        if not variable.is_declaration:
            variable.linkage = "internal"
    for _ in range(_RUNS):
        builder = llvm.create_pass_builder(machine, llvm.create_pipeline_tuning_options(speed_level=3))
        builder.getModulePassManager().run(module, builder)
        if unwanted not in {function.name for function in module.functions}:
            break
    module.verify()
    code: bytes = machine.emit_object(module)
    return code


def _machine(target: Target) -> llvm.TargetMachine:
    if target is not native():
        llvm.initialize_all_targets()
        llvm.initialize_all_asmprinters()
    return llvm.Target.from_triple(target.triple).create_target_machine(
        cpu=target.cpu, features=target.features, opt=3, reloc="pic", codemodel="small"
    )


class LoadedObjects:
    """Object files in memory, linked and executable while this object exists."""

    def __init__(self, objects: dict[str, bytes]) -> None:
        """``objects``: object code by the symbol that it exports."""
        _initialize()
        self._machine = llvm.Target.from_triple(triple()).create_target_machine(codemodel="jitdefault")
        self._engine = llvm.create_mcjit_compiler(llvm.parse_assembly(""), self._machine)
        for code in objects.values():
            self._engine.add_object_file(llvm.ObjectFileRef.from_data(code))
        self._engine.finalize_object()
        self.addresses: dict[str, int] = {symbol: self._engine.get_function_address(symbol) for symbol in objects}


@functools.cache
def _initialize() -> None:
    llvm.initialize_native_target()
    llvm.initialize_native_asmprinter()
