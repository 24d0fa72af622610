"""The door: ``python run_report.py [COMMAND]`` is the command ``huibao``."""

from generators.cli import main

if __name__ == "__main__":
    main()
